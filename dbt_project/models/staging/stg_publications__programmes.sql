with {{ accepted_rows('programmes') }},

accepted as (
    select
        -- keys
        staged.load_id,
        staged.row_number,

        -- programme
        staged.programme_code,
        staged.name_zh,
        staged.name_en,
        staged.owner_zh,

        -- validity
        staged.valid_from,
        staged.valid_to,
        staged.basis,

        -- provenance
        {{ accepted_provenance() }}
    from staged
    inner join accepted_loads
        on staged.load_id = accepted_loads.load_id
)

select * from accepted
