with {{ accepted_rows('pairings') }},

accepted as (
    select
        -- keys
        staged.load_id,
        staged.row_number,

        -- programme
        staged.programme_code,
        staged.programme_printed,
        staged.pairing_level,

        -- both sides
        staged.recipient_name,
        staged.recipient_code,
        staged.partner_name,
        staged.partner_code,

        -- attributes
        staged.started,
        staged.basis,
        staged.note,

        -- provenance
        {{ accepted_provenance() }}
    from staged
    inner join accepted_loads
        on staged.load_id = accepted_loads.load_id
)

select * from accepted
