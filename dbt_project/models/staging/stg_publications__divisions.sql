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
        accepted_loads.publisher_id,
        accepted_loads.table_id,
        accepted_loads.edition,
        accepted_loads.publication_sha256,
        staged.locator,
        accepted_loads.published_on,
        accepted_loads.loaded_at,
        accepted_loads.is_latest
    from staged
    inner join accepted_loads
        on staged.load_id = accepted_loads.load_id
)

select * from accepted
