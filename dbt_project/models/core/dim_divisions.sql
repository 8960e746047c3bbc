with versions as (
    select * from {{ ref('int_divisions_versioned') }}
),

names as (
    select * from {{ ref('division_names') }}
),

original_members as (
    select
        division_code,
        min(register_key) as register_key
    from {{ ref('dim_list_membership') }}
    where list_code = '{{ var("original_list_code") }}'
    group by division_code
),

described as (
    select
        -- keys
        versions.division_code || '-' || versions.valid_from_year as division_key,
        versions.division_code,
        versions.boundary_version,
        versions.valid_from_year::integer as valid_from_year,
        versions.valid_to_year::integer as valid_to_year,

        -- description
        versions.name_zh,
        names.name_en,
        versions.level as division_level,
        versions.province_name,
        versions.prefecture_name,
        prefectures.division_code as prefecture_code,
        versions.valid_to_year is null as is_current,
        original_members.division_code is not null as is_original_mountain_county,
        original_members.register_key as original_list_key,
        versions.successor_codes,

        -- boundary change that began this version
        versions.change_kind as boundary_change_kind,
        versions.counterpart_codes as boundary_counterpart_codes,
        versions.boundary_change_zh,
        versions.boundary_change_en,
        versions.boundary_change_basis,

        -- provenance
        versions.load_id,
        versions.row_number,
        versions.publication_sha256,
        versions.locator
    from versions
    left join names
        on
            versions.division_code = names.division_code
            and versions.valid_to_year is null
    left join versions as prefectures
        on
            versions.prefecture_name = prefectures.name_zh
            and versions.province_name = prefectures.province_name
            and prefectures.level = '地级'
            and versions.valid_from_year >= prefectures.valid_from_year
            and coalesce(versions.valid_from_year < prefectures.valid_to_year, true)
    left join original_members
        on versions.division_code = original_members.division_code
)

select * from described
