-- X08: a correction finds the row it names, expects what the register still says, was applied, and has not expired.
select
    corrections.correction_id,
    pairings.recipient_park_code
from {{ ref('corrections') }} as corrections
left join {{ ref('fct_pairings') }} as pairings
    on
        corrections.row_key
        = concat_ws('|', pairings.programme_code, pairings.recipient_name, pairings.partner_name)
where
    pairings.correction_id is distinct from corrections.correction_id
    or pairings.recipient_park_code is distinct from corrections.new_value
    or corrections.expires_on < current_date
