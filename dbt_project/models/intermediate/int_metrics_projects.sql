{%- set rates = {
    'paid_in_rate': ['paid_in_investment', 'signed_investment', 'paid_in'],
    'start_rate': ['started_projects', 'signed_projects', 'started'],
    'completion_rate': ['completed_projects', 'signed_projects', 'completed'],
    'full_capacity_rate': ['projects_at_full_capacity', 'signed_projects', 'full_capacity'],
} %}
-- M33: what became of a signing cohort. Money is divided by signed money, projects by signed projects, of one subject
-- and window; agreed investment that was not signed at a time is no cohort.
with figures as (
    select * from {{ ref('int_programme_figures') }}
),

shares as (
    {%- for code, rate in rates.items() %}
    select
        '{{ code }}' as metric_code,
        {{ share_of_window() }},
        {{ metric_inputs_of({rate[2]: 'part', 'signed': 'whole'}) }},
        case when whole.is_bound then 'the whole is a bound, not a number · 整体为界限而非数值' end as comment
    from figures as part
    inner join figures as whole
        on {{ same_window('part', 'whole') }}
    where part.indicator_code = '{{ rate[0] }}' and whole.indicator_code = '{{ rate[1] }}'
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
)

select * from shares
