with consortia as (
    select * from {{ ref('dim_consortia') }}
),

tracks as (
    select * from {{ ref('cooperation_tracks') }}
),

track_indicators as (
    select * from {{ ref('track_indicators') }}
),

weights as (
    select * from {{ ref('scheme_weights') }}
    where scheme_code = 'manufacturing_consortium'
),

projects as (
    select * from {{ ref('dim_projects') }}
),

indicators as (
    select * from {{ ref('dim_indicators') }}
),

-- A figure is of a consortium by its mountain county, its project's county, or the name of the pair.
figures as (
    select
        observations.*,
        track_indicators.track_code,
        coalesce(observations.division_code, projects.division_code) as county_code
    from {{ ref('fct_observations') }} as observations
    inner join track_indicators
        on observations.indicator_code = track_indicators.indicator_code
    left join projects
        on observations.project_code = projects.project_code
    where observations.is_for_readers and observations.vintage_rank = 1
),

described as (
    select
        consortia.consortium_number,
        consortia.consortium_code,
        consortia.is_named,
        consortia.mountain_county_name_zh,
        consortia.industrial_county_name_zh,
        tracks.track_number,
        tracks.track_code,
        tracks.name_zh as track_name_zh,
        tracks.name_en as track_name_en,
        weights.weight_pct,
        figures.observation_key,
        figures.indicator_code,
        indicators.name_zh as indicator_name_zh,
        indicators.name_en as indicator_name_en,
        figures.window_code,
        figures.period_end,
        figures.value,
        figures.unit_measure,
        coalesce(figures.value_qualifier, 'EXACT') as value_qualifier,
        coalesce(figures.obs_status, 'O') as obs_status,
        case
            when figures.observation_key is null and not consortia.is_named then consortia.reason
            when figures.observation_key is null then 'No figure of the track was published · 该赛道未公布数字'
        end as reason,
        figures.comment,
        coalesce(figures.has_warnings, false) as has_warnings,
        coalesce(figures.data_as_of, consortia.published_on) as data_as_of,
        coalesce(figures.newer_load_in_quarantine, false) as newer_load_in_quarantine
    from consortia
    cross join tracks
    left join weights
        on tracks.track_code = weights.criterion_code
    left join figures
        on
            tracks.track_code = figures.track_code
            and consortia.is_named
            and (
                consortia.mountain_county_code = figures.county_code
                or consortia.industrial_county_name_zh || '—' || consortia.mountain_county_name_zh
                = figures.subject_name
            )
    left join indicators
        on figures.indicator_code = indicators.indicator_code
),

receipted as (
    select
        {{ contracted_columns('mart_consortium_tracks') }},
        {{ receipts([{'column': 'value', 'keys': observation_receipt('observation_key')}]) }} as receipts
    from described
)

select * from receipted
