{%- set quotients = {
    'tax_per_mu': ['evaluated_tax_revenue', 'evaluated_land_area', 1, 'tax', 'land'],
    'value_added_per_mu': ['evaluated_value_added', 'evaluated_land_area', 1, 'value_added', 'land'],
    'main_industry_revenue_share': ['main_industry_revenue', 'operating_revenue', 100, 'part', 'whole'],
    'high_tech_revenue_share': ['high_tech_revenue', 'operating_revenue', 100, 'part', 'whole'],
} %}
-- M27–M31: sums over sums of one park or county and year, never a mean of firms' ratios (domain §3.1); land is a state
-- at the year's end. Growth of revenue per mu is compound, from the first to the last year known.
with figures as (
    select
        *,
        extract(year from period_end)::integer as figure_year
    from {{ ref('int_programme_figures') }}
    where freq = 'A'
),

quotients as (
    {%- for code, q in quotients.items() %}
    select
        '{{ code }}' as metric_code,
        {{ metric_subject('part') }},
        case when not whole.is_bound then trim_scale(part.value / nullif(whole.value, 0) * {{ q[2] }}) end as value,
        case when not whole.is_bound then part.value_qualifier else 'EXACT' end as value_qualifier,
        part.estimate_round,
        part.vintage_set_id,
        part.population_basis,
        {{ metric_inputs_of({q[3]: 'part', q[4]: 'whole'}) }},
        case when whole.is_bound then 'the whole is a bound, not a number · 整体为界限而非数值' end as comment
    from figures as part
    inner join figures as whole
        on
            part.subject_kind = whole.subject_kind
            and part.subject_name = whole.subject_name
            and part.figure_year = whole.figure_year
            and part.coverage = whole.coverage
            and part.vintage_set_id = whole.vintage_set_id
    where part.indicator_code = '{{ q[0] }}' and whole.indicator_code = '{{ q[1] }}'
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
),

-- The two ends of what is known of one subject: a first and a last year.
ends as (
    select
        *,
        row_number() over (partition by subject_kind, subject_name order by figure_year asc) as from_first,
        row_number() over (partition by subject_kind, subject_name order by figure_year desc) as from_last
    from figures
    where indicator_code = 'revenue_per_mu'
),

growth as (
    select
        'revenue_per_mu_annual_growth' as metric_code,
        {{ metric_subject('last_end') }},
        case
            when first_end.value > 0 and not first_end.is_bound and not last_end.is_bound
                then trim_scale(round((
                    power(last_end.value / first_end.value, 1.0 / (last_end.figure_year - first_end.figure_year)) - 1
                ) * 100, 9))
        end as value,
        'EXACT' as value_qualifier,
        last_end.estimate_round,
        last_end.vintage_set_id,
        last_end.population_basis,
        {{ metric_inputs_of({'first': 'first_end', 'last': 'last_end'}) }},
        'base year ' || first_end.figure_year || ' · 基年' as comment
    from ends as last_end
    inner join ends as first_end
        on
            last_end.subject_kind = first_end.subject_kind
            and last_end.subject_name = first_end.subject_name
            and first_end.from_first = 1
            and last_end.figure_year > first_end.figure_year
    where last_end.from_last = 1
),

united as (
    select {{ metric_columns() | join(', ') }} from quotients

    union all

    select {{ metric_columns() | join(', ') }} from growth
)

select * from united
