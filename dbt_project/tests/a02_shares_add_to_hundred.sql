-- A02: the three sectors' shares of one publication add to 100 within 0.1 (communiqués force them to; domain §2.9).
-- A warning: the bulletin, not the warehouse, would be wrong.
{{ config(severity='warn') }}
with shares as (
    select * from {{ ref('fct_observations') }}
    where
        indicator_code in ('primary_share_of_gdp', 'secondary_share_of_gdp', 'tertiary_share_of_gdp')
        and value is not null
)

select
    subject_name,
    time_period,
    accum,
    vintage_set_id,
    estimate_round,
    sum(value) as shares_sum
from shares
group by subject_name, time_period, accum, vintage_set_id, estimate_round
having count(distinct indicator_code) = 3 and count(*) = 3 and abs(sum(value) - 100) > 0.1
