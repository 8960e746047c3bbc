with metrics as (
    select * from {{ ref('fct_metrics') }}
),

catalogue as (
    select * from {{ ref('dim_metrics') }}
    where aspect is not null
),

divisions as (
    select * from {{ ref('dim_divisions') }}
    where is_current
),

-- A metric that nobody published has a row all the same, of the province and of no period: the gap is seen and says
-- why.
described as (
    select
        -- keys
        coalesce(metrics.metric_key, 'none:' || catalogue.metric_code) as metric_key,
        catalogue.metric_code,
        coalesce(metrics.subject_kind, 'division') as subject_kind,
        coalesce(metrics.subject_name, '浙江省') as subject_name,
        metrics.freq,
        metrics.time_period,
        metrics.accum,
        metrics.estimate_round,

        -- description
        catalogue.metric_id,
        catalogue.aspect,
        catalogue.name_zh as metric_name_zh,
        catalogue.name_en as metric_name_en,
        coalesce(metrics.division_code, case when metrics.metric_key is null then '330000' end) as division_code,
        metrics.boundary_version,
        metrics.list_code,
        divisions.name_en as division_name_en,
        divisions.division_level,
        coalesce(divisions.is_original_mountain_county, false) as is_original_mountain_county,
        metrics.period_end,
        metrics.window_code,
        catalogue.population_basis,
        catalogue.formula,

        -- measures
        metrics.value,
        catalogue.unit_measure,
        coalesce(metrics.value_qualifier, 'EXACT') as value_qualifier,
        coalesce(metrics.obs_status, 'O') as obs_status,
        case when metrics.metric_key is null then catalogue.reason else metrics.comment end as comment,
        metrics.vintage_set_id,

        -- standing
        coalesce(metrics.has_warnings, false) as has_warnings,
        metrics.data_as_of,
        coalesce(metrics.newer_load_in_quarantine, false) as newer_load_in_quarantine
    from catalogue
    left join metrics
        on catalogue.metric_code = metrics.metric_code
    left join divisions
        on metrics.division_code = divisions.division_code
),

receipted as (
    select
        *,
        {{ receipts([{'column': 'value', 'keys': metric_receipt('metric_key')}]) }} as receipts
    from described
)

select * from receipted
