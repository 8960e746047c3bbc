with {{ accepted_rows('division_lists') }},

accepted as (
    select
        -- keys
        staged.load_id,
        staged.row_number,

        -- who is on which list
        staged.list_code,
        staged.division_name,
        staged.division_code,

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
