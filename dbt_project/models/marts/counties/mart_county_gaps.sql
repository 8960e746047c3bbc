with metrics as (
    select * from {{ ref('fct_metrics') }}
    where division_code is not null and list_code is null
),

catalogue as (
    select * from {{ ref('dim_metrics') }}
    where operation in ('share_of_province', 'relative_to_province', 'gap_to_province')
),

observations as (
    select * from {{ ref('fct_observations') }}
),

rounds as (
    select * from {{ ref('estimate_rounds') }}
),

divisions as (
    select * from {{ ref('dim_divisions') }}
    where is_original_mountain_county and is_current
),

-- Of the rounds that both sides have, the one that a reader prefers.
best_common_round as (
    select distinct on (
        metrics.division_code,
        metrics.metric_code,
        metrics.freq,
        metrics.time_period,
        metrics.accum
    )
        metrics.*,
        {{ input_key('own') }} as county_observation_key,
        {{ input_key('reference') }} as province_observation_key
    from metrics
    inner join rounds
        on metrics.estimate_round = rounds.estimate_round
    order by
        metrics.division_code asc,
        metrics.metric_code asc,
        metrics.freq asc,
        metrics.time_period asc,
        metrics.accum asc,
        rounds.precedence asc,
        metrics.metric_key asc
),

described as (
    select
        -- keys
        gaps.division_code,
        gaps.metric_code,
        gaps.freq,
        gaps.time_period,
        gaps.accum,
        gaps.boundary_version,

        -- description
        divisions.name_zh as division_name_zh,
        divisions.name_en as division_name_en,
        divisions.prefecture_name,
        gaps.metric_id,
        catalogue.name_zh as metric_name_zh,
        catalogue.name_en as metric_name_en,
        gaps.formula,
        county.indicator_code,
        gaps.population_basis,
        extract(year from gaps.period_end)::integer as year,
        gaps.period_end,

        -- measures
        county.value as county_value,
        province.value as province_value,
        county.unit_measure,
        gaps.value_qualifier,
        case when catalogue.operation = 'share_of_province' then gaps.value end as share_of_province_pct,
        case when catalogue.operation = 'relative_to_province' then gaps.value end as relative_to_province_ratio,
        case when catalogue.operation = 'gap_to_province' then gaps.value end as gap_to_province_pp,

        -- vintages
        gaps.estimate_round,
        gaps.obs_status,
        county.vintage_set_id as county_vintage_set_id,
        province.vintage_set_id as province_vintage_set_id,

        -- provenance
        county.table_id || '/' || county.edition as county_publication,
        province.table_id || '/' || province.edition as province_publication,
        county.published_on as county_published_on,
        province.published_on as province_published_on,
        gaps.county_observation_key,
        gaps.province_observation_key,
        gaps.metric_key,

        -- standing
        gaps.has_warnings,
        gaps.data_as_of,
        gaps.newer_load_in_quarantine
    from best_common_round as gaps
    inner join catalogue
        on gaps.metric_code = catalogue.metric_code
    inner join divisions
        on gaps.division_code = divisions.division_code
    inner join observations as county
        on gaps.county_observation_key = county.observation_key
    inner join observations as province
        on gaps.province_observation_key = province.observation_key
),

receipted as (
    select
        *,
        {{ receipts([
            {'column': 'county_value', 'keys': observation_receipt('county_observation_key')},
            {'column': 'province_value', 'keys': observation_receipt('province_observation_key')},
            {'column': 'share_of_province_pct', 'keys': metric_receipt('metric_key')},
            {'column': 'relative_to_province_ratio', 'keys': metric_receipt('metric_key')},
            {'column': 'gap_to_province_pp', 'keys': metric_receipt('metric_key')},
        ]) }} as receipts
    from described
)

select * from receipted
