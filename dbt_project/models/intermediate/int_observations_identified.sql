-- Every ranked figure with what it is of: the land of its code in its year, the definition of its indicator, its list,
-- park, project or programme.
with observations as (
    select * from {{ ref('int_observations_ranked') }}
),

indicators as (
    select * from {{ ref('dim_indicators') }}
),

divisions as (
    select * from {{ ref('dim_divisions') }}
),

parks as (
    select * from {{ ref('dim_parks') }}
),

projects as (
    select * from {{ ref('dim_projects') }}
),

programmes as (
    select * from {{ ref('dim_programmes') }}
),

division_groups as (
    select * from {{ ref('division_groups') }}
),

-- The definitions of an indicator: a new one from each year in which its series broke.
definitions as (
    select
        indicator_code,
        effective_year as since_year,
        lead(effective_year) over (same_indicator) as until_year,
        (row_number() over (same_indicator))::integer as breaks_count,
        concat_ws(' · ', description_en, description_zh) as definition_change
    from {{ ref('series_breaks') }}
    window same_indicator as (partition by indicator_code order by effective_year)
),

-- The land a figure describes is the land of its code at the period's end; an undated figure is read as of its
-- publication.
dated as (
    select
        *,
        extract(year from coalesce(period_end, published_on))::integer as division_year
    from observations
),

identified as (
    select
        -- keys
        dated.observation_key,
        dated.figure_key,
        dated.subject_kind,
        dated.subject_name,
        case
            when dated.subject_kind = 'country' then 'CN'
            when divisions.division_level = '省级' then 'CN-' || left(dated.division_code, 2)
            else dated.division_code
        end as ref_area,
        dated.division_code,
        divisions.boundary_version,
        divisions.division_key,
        case when divisions.boundary_change_kind is not null then divisions.valid_from_year end as land_since_year,
        nullif(concat_ws(' · ', divisions.boundary_change_en, divisions.boundary_change_zh), '') as land_change,
        division_groups.list_code,
        parks.park_code,
        projects.project_code,
        programmes.programme_code,
        dated.counterpart_name,
        dated.indicator_code,
        1 + coalesce(definitions.breaks_count, 0) as definition_version,
        definitions.since_year as definition_since_year,
        definitions.definition_change,

        -- when
        dated.freq,
        dated.time_period,
        dated.accum,
        dated.period_start,
        dated.period_end,

        -- the figure
        dated.printed,
        dated.obs_value,
        dated.obs_value_upper,
        dated.obs_text,
        dated.unit_printed,
        dated.unit_measure,
        dated.unit_mult::integer as unit_mult,
        dated.decimals::integer as decimals,
        dated.value,
        dated.value_upper,
        dated.value_qualifier,

        -- its attributes
        dated.obs_status as printed_status,
        dated.is_provisional,
        dated.conf_status,
        dated.estimate_round,
        dated.vintage_set_id,
        dated.vintage_rank,
        dated.vintages_count::integer as vintages_count,
        dated.is_for_readers,
        dated.comment,
        indicators.measure,
        indicators.growth_basis,
        indicators.coverage,
        indicators.population_basis,

        -- clocks
        dated.published_on,
        dated.loaded_at,
        dated.data_as_of,

        -- standing
        dated.has_warnings,
        dated.newer_load_in_quarantine,

        -- provenance
        dated.table_id,
        dated.edition,
        dated.load_id,
        dated.row_number,
        dated.publication_sha256,
        dated.locator
    from dated
    left join indicators
        on dated.indicator_code = indicators.indicator_code
    left join definitions
        on
            dated.indicator_code = definitions.indicator_code
            and dated.division_year >= definitions.since_year
            and coalesce(dated.division_year < definitions.until_year, true)
    left join divisions
        on
            dated.division_code = divisions.division_code
            and coalesce(dated.division_year >= divisions.valid_from_year, divisions.is_current)
            and coalesce(dated.division_year < divisions.valid_to_year, true)
    left join division_groups
        on
            dated.subject_kind = 'division_group'
            and dated.subject_name = division_groups.group_name
    left join parks
        on
            dated.subject_kind in ('park', 'zone')
            and dated.subject_name = parks.name_zh
    left join projects
        on
            dated.subject_kind = 'project'
            and dated.subject_name = projects.name_zh
    left join programmes
        on
            dated.subject_kind = 'programme'
            and dated.subject_name = programmes.name_zh
)

select * from identified
