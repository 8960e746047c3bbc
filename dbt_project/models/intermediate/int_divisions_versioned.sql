-- One row per code and stretch of years in which name and land stayed the same. A register says when a code was used;
-- boundary_changes says when a code that went on being used changed its land (domain §2.8: area code is not territory).
with divisions as (
    select * from {{ ref('stg_publications__divisions') }}
    where is_latest
),

boundary_changes as (
    select * from {{ ref('boundary_changes') }}
),

registered as (
    select distinct on (division_code, valid_from_year) *
    from divisions
    order by
        division_code asc, valid_from_year asc, published_on desc nulls last, table_id asc, edition asc, row_number asc
),

starts as (
    select
        division_code,
        valid_from_year as registered_from_year,
        valid_from_year
    from registered

    union

    select
        registered.division_code,
        registered.valid_from_year as registered_from_year,
        boundary_changes.effective_year as valid_from_year
    from registered
    inner join boundary_changes
        on
            registered.division_code = boundary_changes.division_code
            and registered.valid_from_year < boundary_changes.effective_year
            and coalesce(registered.valid_to_year > boundary_changes.effective_year, true)
),

stretches as (
    select
        starts.division_code,
        starts.valid_from_year,
        coalesce(
            lead(starts.valid_from_year) over (
                partition by starts.division_code, starts.registered_from_year
                order by starts.valid_from_year
            ),
            registered.valid_to_year
        ) as valid_to_year,
        registered.name_zh,
        registered.level,
        registered.province_name,
        registered.prefecture_name,
        registered.status,
        registered.successor_codes,
        boundary_changes.change_kind,
        boundary_changes.counterpart_codes,
        boundary_changes.description_zh as boundary_change_zh,
        boundary_changes.description_en as boundary_change_en,
        boundary_changes.basis as boundary_change_basis,
        registered.load_id,
        registered.row_number,
        registered.publication_sha256,
        registered.locator
    from starts
    inner join registered
        on
            starts.division_code = registered.division_code
            and starts.registered_from_year = registered.valid_from_year
    left join boundary_changes
        on
            starts.division_code = boundary_changes.division_code
            and starts.valid_from_year = boundary_changes.effective_year
            and starts.valid_from_year > starts.registered_from_year
),

-- A renamed division keeps its land; a code taken up again after a pause, and a boundary change, start a new version.
compared as (
    select
        *,
        change_kind is not null
        or coalesce(
            lag(valid_to_year) over (partition by division_code order by valid_from_year) < valid_from_year,
            true
        ) as is_new_land
    from stretches
),

versioned as (
    select
        *,
        count(*) filter (where is_new_land) over (
            partition by division_code
            order by valid_from_year
        )::integer as boundary_version
    from compared
)

select * from versioned
