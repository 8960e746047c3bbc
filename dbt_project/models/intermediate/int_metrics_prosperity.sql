-- The highest over the lowest city (M12): all cities of the province in one indicator, period, accumulation and round.
-- With a city missing the extremes are unknown and there is no ratio, whatever the others say.
with metrics as (
    select * from {{ ref('metrics') }}
    where operation = 'highest_to_lowest'
),

metric_inputs as (
    select * from {{ ref('metric_inputs') }}
    where role = 'city'
),

divisions as (
    select * from {{ ref('dim_divisions') }}
),

province as (
    select * from divisions
    where division_code = '{{ var("reference_division_code") }}' and is_current
),

cities as (
    select division_code
    from divisions
    where
        division_level = '地级'
        and is_current
        and left(division_code, 2) = left('{{ var("reference_division_code") }}', 2)
),

figures as (
    select * from {{ ref('int_comparable_figures') }}
    where rank_in_round = 1 and subject_kind = 'division' and not is_bound
),

ranges as (
    select
        metrics.metric_code,
        metrics.population_basis,
        figures.freq,
        figures.time_period,
        figures.accum,
        figures.period_start,
        figures.period_end,
        figures.estimate_round,
        count(*) as cities_count,
        max(figures.value) as highest,
        min(figures.value) as lowest,
        string_agg(distinct figures.vintage_set_id, ' | ' order by figures.vintage_set_id) as vintage_set_id,
        jsonb_agg(distinct figures.obs_status) as input_statuses,
        jsonb_agg({{ metric_input('metric_inputs.role', 'figures') }} order by figures.division_code) as inputs,
        bool_or(figures.has_warnings) as has_warnings,
        min(figures.data_as_of) as data_as_of,
        bool_or(figures.newer_load_in_quarantine) as newer_load_in_quarantine
    from metrics
    inner join metric_inputs
        on metrics.metric_code = metric_inputs.metric_code
    inner join figures
        on metric_inputs.indicator_code = figures.indicator_code
    inner join cities
        on figures.division_code = cities.division_code
    group by
        metrics.metric_code,
        metrics.population_basis,
        figures.freq,
        figures.time_period,
        figures.accum,
        figures.period_start,
        figures.period_end,
        figures.estimate_round
),

completed as (
    select
        ranges.metric_code,
        'division' as subject_kind,
        province.name_zh as subject_name,
        province.division_code,
        null as list_code,
        null as park_code,
        null as project_code,
        null as programme_code,
        null as counterpart_name,
        province.boundary_version,
        ranges.freq,
        ranges.time_period,
        ranges.accum,
        ranges.period_start,
        ranges.period_end,
        trim_scale(ranges.highest / nullif(ranges.lowest, 0)) as value,
        'EXACT' as value_qualifier,
        ranges.estimate_round,
        ranges.vintage_set_id,
        ranges.population_basis,
        ranges.input_statuses,
        ranges.inputs,
        null as comment,
        ranges.has_warnings,
        ranges.data_as_of,
        ranges.newer_load_in_quarantine
    from ranges
    cross join province
    where ranges.cities_count = (select count(*) from cities)
)

select * from completed
