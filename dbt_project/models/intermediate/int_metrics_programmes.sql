{%- set published = {
    'paid_in_investment_in_window': 'paid_in_investment',
    'rural_workers_employed': 'rural_workers_employed',
} %}
{%- set shares = {
    'park_intensity': ['park_paid_in_investment', 'paid_in_investment'],
    'lifted_out_of_poverty_share_of_workers': ['lifted_out_of_poverty_workers_employed', 'rural_workers_employed'],
} %}
-- M34, M35, M36: money paid in and people employed by window, and the parts of them. Windows nest and are never added;
-- the part and the whole are of one window, so that 10,000 since 2018 is never divided by 18,700 of 2021.
with figures as (
    select * from {{ ref('int_programme_figures') }}
    where subject_kind in ('programme', 'park', 'pairing')
),

windows as (
    {%- for code, indicator in published.items() %}
    select
        '{{ code }}' as metric_code,
        {{ metric_as_published('figures') }}
    from figures
    where figures.indicator_code = '{{ indicator }}'
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
),

parts as (
    {%- for code, pair in shares.items() %}
    select
        '{{ code }}' as metric_code,
        {{ share_of_window() }},
        {{ metric_inputs_of({'part': 'part', 'whole': 'whole'}) }},
        case when whole.is_bound then 'the whole is a bound, not a number · 整体为界限而非数值' end as comment
    from figures as part
    inner join figures as whole
        on {{ same_window('part', 'whole') }}
    where part.indicator_code = '{{ pair[0] }}' and whole.indicator_code = '{{ pair[1] }}'
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
),

united as (
    select {{ metric_columns() | join(', ') }} from windows

    union all

    select {{ metric_columns() | join(', ') }} from parts
)

select * from united
