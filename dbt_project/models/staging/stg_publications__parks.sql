with {{ accepted_rows('parks') }},

accepted as (
    select
        -- keys
        staged.load_id,
        staged.row_number,

        -- park
        staged.park_code,
        staged.name_zh,
        staged.park_kind,

        -- both sides
        staged.host_name,
        staged.host_code,
        staged.partner_name,
        staged.partner_code,
        staged.programme_code,

        -- attributes
        staged.main_industry,
        staged.sector_class,
        staged.lifecycle_state,
        staged.approved,
        staged.basis,
        staged.note,

        -- provenance
        {{ accepted_provenance() }}
    from staged
    inner join accepted_loads
        on staged.load_id = accepted_loads.load_id
)

select * from accepted
