-- Data health (M40): of the cells that a county should have of a year, the share that is sound: published, on time, of
-- status A and free of estimates. Every county has a value in every year in which any of them has a mandatory figure;
-- where nothing was published there is a null, for an index over nothing would look like a measurement.
with metrics as (
    select * from {{ ref('metrics') }}
    where operation = 'data_health'
),

mandatory as (
    select * from {{ ref('mandatory_indicators') }}
),

counties as (
    select * from {{ ref('dim_divisions') }}
    where is_original_mountain_county and is_current
),

figures as (
    select * from {{ ref('int_county_years') }}
),

cells as (
    select
        figures.*,
        figures.published_on <= make_date(figures.year, 12, 31) + mandatory.due_days as is_on_time
    from figures
    inner join mandatory
        on figures.indicator_code = mandatory.indicator_code
),

years as (
    select distinct year
    from cells
),

judged as (
    select
        division_code,
        year,
        count(*) filter (where is_on_time and obs_status = 'A') as sound_count,
        jsonb_agg(distinct obs_status) as input_statuses,
        jsonb_agg(
            jsonb_build_object(
                'role', case when is_on_time and obs_status = 'A' then 'sound' else 'flawed' end,
                'key', 'observation:' || observation_key,
                'value', value
            )
            order by indicator_code
        ) as inputs,
        {{ standing_of_group() }}
    from cells
    group by division_code, year
),

described as (
    select
        metrics.metric_code,
        'division' as subject_kind,
        counties.name_zh as subject_name,
        counties.division_code,
        null as list_code,
        null as park_code,
        null as project_code,
        null as programme_code,
        null as counterpart_name,
        counties.boundary_version,
        'A' as freq,
        years.year::text as time_period,
        'YTD' as accum,
        make_date(years.year, 1, 1) as period_start,
        make_date(years.year, 12, 31) as period_end,
        trim_scale(judged.sound_count::numeric / (select count(*) from mandatory) * 100) as value,
        'EXACT' as value_qualifier,
        coalesce(judged.input_statuses, '["O"]') as input_statuses,
        '_Z' as estimate_round,
        'data_health' as vintage_set_id,
        null as population_basis,
        coalesce(judged.inputs, '[]') as inputs,
        case when judged.division_code is null then 'no mandatory figure was published · 无应有数字发布' end as comment,
        coalesce(judged.has_warnings, false) as has_warnings,
        judged.data_as_of,
        coalesce(judged.newer_load_in_quarantine, false) as newer_load_in_quarantine
    from metrics
    cross join counties
    cross join years
    left join judged
        on
            counties.division_code = judged.division_code
            and years.year = judged.year
)

select * from described
