{%- set shown = indicator_columns('mart_project_funnels') %}
{%- set rates = ['paid_in_rate', 'start_rate', 'completion_rate', 'full_capacity_rate'] %}
-- A cohort is what was signed at one time: a fair, a visit, a campaign. Its year is fixed at signing.
with figures as (
    select * from {{ ref('fct_observations') }}
    where
        subject_kind in ('programme', 'park', 'pairing')
        and is_for_readers
        and vintage_rank = 1
        and period_end is not null
),

metrics as (
    select * from {{ ref('fct_metrics') }}
    where metric_id = 'M33'
),

cohorts as (
    select
        subject_name,
        counterpart_name,
        window_code,
        period_end,
        max(programme_code) as programme_code,
        max(period_start) as signed_from,
        {{ pivoted_figures(shown) -}}
        {{ standing_of_group() }}
    from figures
    group by subject_name, counterpart_name, window_code, period_end
    having bool_or(indicator_code = 'signed_projects')
),

rated as (
    select
        subject_name,
        counterpart_name,
        window_code,
        period_end,
    {%- for rate in rates %}
    max(value) filter (where metric_code = '{{ rate }}') as {{ rate }}_pct,
    max({{ metric_receipt('metric_key') }}) filter (where metric_code = '{{ rate }}') as {{ rate }}_key
    {{- ',' if not loop.last }}
    {%- endfor %}
    from metrics
    group by subject_name, counterpart_name, window_code, period_end
),

described as (
    select
        cohorts.*,
        {%- for rate in rates %}
        rated.{{ rate }}_pct,
        rated.{{ rate }}_key,
        {%- endfor %}
        case
            when cohorts.started_projects_count is null
                then 'What became of the signed projects was not published · 签约后进展未公布'
            when
                cohorts.full_capacity_projects_count is null
                then 'Projects at full capacity were not published · 达产数未公布'
        end as reason
    from cohorts
    left join rated
        on
            cohorts.subject_name = rated.subject_name
            and cohorts.counterpart_name is not distinct from rated.counterpart_name
            and cohorts.window_code = rated.window_code
            and cohorts.period_end = rated.period_end
),

receipted as (
    select
        {{ contracted_columns('mart_project_funnels') }},
        {{ receipts(figure_cells(shown) + [
            {'column': 'paid_in_rate_pct', 'keys': 'paid_in_rate_key'},
            {'column': 'start_rate_pct', 'keys': 'start_rate_key'},
            {'column': 'completion_rate_pct', 'keys': 'completion_rate_key'},
            {'column': 'full_capacity_rate_pct', 'keys': 'full_capacity_rate_key'},
        ]) }} as receipts
    from described
)

select * from receipted
