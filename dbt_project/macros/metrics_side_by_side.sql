{#- A mart that stands metrics of one theme side by side: one row per subject, period and estimate round, one column per metric
    that the contract declares (meta `metric`). Bounds would lose their sign in a column of numbers and stay in fct_metrics;
    what is of a quarter alone has no place beside years to date. -#}
{% macro metrics_side_by_side(model_name) -%}
{%- set shown = metric_columns_shown(model_name) %}
with metrics as (
    select * from {{ ref('fct_metrics') }}
    where
        value is not null
        and value_qualifier in ('EXACT', 'APPROX')
        and accum != 'DISC'
        and time_period is not null
),

divisions as (
    select * from {{ ref('dim_divisions') }}
    where is_current
),

statuses as (
    select * from {{ ref('obs_statuses') }}
),

columns_shown as (
    select
        metric_code,
        column_name
    from (
        values
        {%- for column in shown %}
        ('{{ column.metric }}', '{{ column.name }}'){{ ',' if not loop.last }}
        {%- else %}
        (null, null)
        {%- endfor %}
    ) as listed (metric_code, column_name)
),

-- Where two vintage sets of one round give a metric, the one that is newer.
cells as (
    select distinct on (
        metrics.subject_kind,
        metrics.subject_name,
        metrics.freq,
        metrics.time_period,
        metrics.estimate_round,
        metrics.metric_code
    )
        metrics.*,
        columns_shown.column_name,
        statuses.precedence
    from metrics
    inner join columns_shown
        on metrics.metric_code = columns_shown.metric_code
    inner join statuses
        on metrics.obs_status = statuses.obs_status
    order by
        metrics.subject_kind asc,
        metrics.subject_name asc,
        metrics.freq asc,
        metrics.time_period asc,
        metrics.estimate_round asc,
        metrics.metric_code asc,
        metrics.data_as_of desc nulls last,
        metrics.metric_key asc
),

pivoted as (
    select
        subject_kind,
        subject_name,
        freq,
        time_period,
        estimate_round,
        max(division_code) as division_code,
        max(boundary_version) as boundary_version,
        max(list_code) as list_code,
        max(period_end) as period_end,
        {%- for column in shown %}
        max(value) filter (where metric_code = '{{ column.metric }}') as {{ column.name }},
        {%- endfor %}
        min(precedence) as worst_precedence,
        bool_or(has_warnings) as has_warnings,
        min(data_as_of) as data_as_of,
        bool_or(newer_load_in_quarantine) as newer_load_in_quarantine,
        jsonb_object_agg(column_name, jsonb_build_array({{ metric_receipt('metric_key') }}) order by column_name) as receipts
    from cells
    group by subject_kind, subject_name, freq, time_period, estimate_round
),

described as (
    select
        -- keys
        pivoted.subject_kind,
        pivoted.subject_name,
        pivoted.freq,
        pivoted.time_period,
        pivoted.estimate_round,

        -- description
        pivoted.division_code,
        pivoted.boundary_version,
        pivoted.list_code,
        divisions.name_en as division_name_en,
        divisions.prefecture_name,
        coalesce(divisions.is_original_mountain_county, false) as is_original_mountain_county,
        pivoted.period_end,

        -- measures
        {%- for column in shown %}
        pivoted.{{ column.name }},
        {%- endfor %}

        -- standing
        statuses.obs_status,
        pivoted.has_warnings,
        pivoted.data_as_of,
        pivoted.newer_load_in_quarantine,
        pivoted.receipts
    from pivoted
    inner join statuses
        on pivoted.worst_precedence = statuses.precedence
    left join divisions
        on pivoted.division_code = divisions.division_code
)

select * from described
{%- endmacro %}
