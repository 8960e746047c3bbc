{%- set rates = {
    'paid_in_rate': ['paid_in_investment', 'signed_investment', 'paid_in'],
    'start_rate': ['started_projects', 'signed_projects', 'started'],
    'completion_rate': ['completed_projects', 'signed_projects', 'completed'],
    'full_capacity_rate': ['projects_at_full_capacity', 'signed_projects', 'full_capacity'],
} %}
-- M33: what became of a signing cohort. Money is divided by signed money, projects by signed projects, of one subject and
-- window; agreed investment that was not signed at a time is no cohort.
with figures as (
    select * from {{ ref('int_programme_figures') }}
),

rates as (
    select *
    from (
        values
        {%- for code, rate in rates.items() %}
        ('{{ code }}', '{{ rate[0] }}', '{{ rate[1] }}', '{{ rate[2] }}'){{ ',' if not loop.last }}
        {%- endfor %}
    ) as rate (metric_code, part_code, whole_code, part_role)
),

shares as (
    select
        rates.metric_code,
        {{ share_of_window() }},
        array[part.obs_status, whole.obs_status] as input_statuses,
        jsonb_build_array({{ metric_input('rates.part_role', 'part') }}, {{ metric_input("'signed'", 'whole') }}) as inputs,
        part.has_warnings or whole.has_warnings as has_warnings,
        least(part.data_as_of, whole.data_as_of) as data_as_of,
        part.newer_load_in_quarantine or whole.newer_load_in_quarantine as newer_load_in_quarantine,
        case when whole.is_bound then 'the whole is a bound, not a number · 整体为界限而非数值' end as comment
    from rates
    inner join figures as part
        on rates.part_code = part.indicator_code
    inner join figures as whole
        on
            rates.whole_code = whole.indicator_code
            and {{ same_window('part', 'whole') }}
)

select * from shares
