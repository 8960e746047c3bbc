with {{ accepted_rows('projects') }},

accepted as (
    select
        -- keys
        staged.load_id,
        staged.row_number,

        -- project
        staged.project_code,
        staged.name_zh,
        staged.investor_name,

        -- place and programme
        staged.division_name,
        staged.division_code,
        staged.origin_name,
        staged.park_code,
        staged.programme_code,

        -- state
        staged.project_state,
        staged.state_as_of,
        staged.basis,
        staged.note,

        -- provenance
        {{ accepted_provenance() }}
    from staged
    inner join accepted_loads
        on staged.load_id = accepted_loads.load_id
)

select * from accepted
