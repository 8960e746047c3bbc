-- Balances of one population in one year: births less deaths, what migration leaves, the product per average head. All
-- inputs are of one vintage set and one population: residents and the registered are never mixed (domain §2.10).
with metrics as (
    select * from {{ ref('metrics') }}
    where operation in ('natural_change', 'net_migration', 'per_average_resident')
),

metric_inputs as (
    select * from {{ ref('metric_inputs') }}
),

figures as (
    select * from {{ ref('int_comparable_figures') }}
    where rank_in_set = 1 and not is_bound and freq = 'A'
),

-- An input that counts people counts those of the metric: RESIDENT_END and RESIDENT_AVG are of residents, HUKOU_* are
-- not.
roles as (
    select
        figures.*,
        metrics.metric_code,
        metrics.operation,
        metrics.population_basis as metric_population_basis,
        metric_inputs.role
    from metrics
    inner join metric_inputs
        on metrics.metric_code = metric_inputs.metric_code
    inner join figures
        on
            metric_inputs.indicator_code = figures.indicator_code
            and (
                figures.population_basis is null
                or split_part(figures.population_basis, '_', 1) = split_part(metrics.population_basis, '_', 1)
            )
),

natural_changes as (
    select
        births.metric_code,
        {{ metric_subject('births') }},
        births.value - deaths.value as value,
        births.estimate_round,
        births.vintage_set_id,
        births.metric_population_basis as population_basis,
        {{ metric_inputs_of({'births': 'births', 'deaths': 'deaths'}) }}
    from roles as births
    inner join roles as deaths
        on {{ same_balance('births', 'deaths') }}
    where births.operation = 'natural_change' and births.role = 'births' and deaths.role = 'deaths'
),

net_migrations as (
    select
        births.metric_code,
        {{ metric_subject('births') }},
        year_change.value - (births.value - deaths.value) as value,
        births.estimate_round,
        births.vintage_set_id,
        births.metric_population_basis as population_basis,
        {{ metric_inputs_of({'change': 'year_change', 'births': 'births', 'deaths': 'deaths'}) }}
    from roles as births
    inner join roles as deaths
        on {{ same_balance('births', 'deaths') }}
    inner join roles as year_change
        on {{ same_balance('births', 'year_change') }}
    where
        births.operation = 'net_migration'
        and births.role = 'births'
        and deaths.role = 'deaths'
        and year_change.role = 'change'
),

-- A04: the denominator is the mean of both year-ends, never the year-end alone.
products_per_head as (
    select
        gdp.metric_code,
        {{ metric_subject('gdp') }},
        trim_scale(gdp.value / nullif(population.value - year_change.value / 2, 0)) as value,
        gdp.estimate_round,
        gdp.vintage_set_id,
        gdp.metric_population_basis as population_basis,
        {{ metric_inputs_of({'gdp': 'gdp', 'population': 'population', 'change': 'year_change'}) }}
    from roles as gdp
    inner join roles as population
        on {{ same_balance('gdp', 'population') }}
    inner join roles as year_change
        on {{ same_balance('gdp', 'year_change') }}
    where
        gdp.operation = 'per_average_resident'
        and gdp.role = 'gdp'
        and population.role = 'population'
        and year_change.role = 'change'
),

united as (
    select * from natural_changes

    union all

    select * from net_migrations

    union all

    select * from products_per_head
),

qualified as (
    select
        *,
        'EXACT' as value_qualifier,
        null as comment
    from united
)

select * from qualified
