-- M39: money that an enclave really paid to its counterpart, by window; and how many years of it pay back what was put
-- in, only where investment and the benefit of one year are of one enclave.
with figures as (
    select * from {{ ref('int_programme_figures') }}
    where park_code is not null and indicator_code in ('enclave_income', 'construction_funds')
),

benefits as (
    select
        'enclave_benefit' as metric_code,
        {{ metric_as_published('figures') }}
    from figures
    where figures.indicator_code = 'enclave_income'
),

paybacks as (
    select
        'enclave_payback_years' as metric_code,
        {{ metric_subject('annual_benefit') }},
        case
            when not investment.is_bound and not annual_benefit.is_bound
                then trim_scale(investment.value / nullif(annual_benefit.value, 0))
        end as value,
        'EXACT' as value_qualifier,
        annual_benefit.estimate_round,
        annual_benefit.vintage_set_id,
        annual_benefit.population_basis,
        {{ metric_inputs_of({'investment': 'investment', 'annual_benefit': 'annual_benefit'}) }},
        case
            when investment.is_bound or annual_benefit.is_bound
                then 'an input is a bound, not a number · 输入为界限而非数值'
        end as comment
    from figures as annual_benefit
    inner join figures as investment
        on
            annual_benefit.park_code = investment.park_code
            and investment.indicator_code = 'construction_funds'
    where
        annual_benefit.indicator_code = 'enclave_income'
        and annual_benefit.accum in ('YTD', 'DISC')
        and annual_benefit.freq = 'A'
),

united as (
    select {{ metric_columns() | join(', ') }} from benefits

    union all

    select {{ metric_columns() | join(', ') }} from paybacks
)

select * from united
