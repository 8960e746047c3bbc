with {{ accepted_rows('divisions') }},

accepted as (
    select
        -- keys
        staged.load_id,
        staged.row_number,

        -- which division
        staged.division_code,
        staged.name_zh,
        staged.level,
        staged.province_name,
        staged.prefecture_name,
        staged.status,

        -- validity
        staged.valid_from_year,
        staged.valid_to_year,
        staged.successor_codes,

        -- provenance
        {{ accepted_provenance() }}
    from staged
    inner join accepted_loads
        on staged.load_id = accepted_loads.load_id
)

select * from accepted
