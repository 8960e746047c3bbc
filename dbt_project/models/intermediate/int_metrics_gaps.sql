-- A division, or the printed sum of a list, against the province: both sides of one indicator, period, accumulation,
-- unit and estimate round (V01). A preliminary county is never set against the revised province, though each is the
-- best known of its side. Growths are as printed on both sides (G01).
with metrics as (
    select * from {{ ref('metrics') }}
    where operation in ('share_of_province', 'list_share_of_province', 'relative_to_province', 'gap_to_province')
),

metric_inputs as (
    select * from {{ ref('metric_inputs') }}
),

figures as (
    select * from {{ ref('int_comparable_figures') }}
    where rank_in_round = 1
),

pairs as (
    select
        metrics.metric_code,
        {{ metric_subject('own') }},
        trim_scale(
            case
                when reference.is_bound then null
                when metrics.operation = 'gap_to_province' then own.value - reference.value
                when metrics.operation = 'relative_to_province' then own.value / nullif(reference.value, 0)
                else own.value / nullif(reference.value, 0) * 100
            end
        ) as value,
        {{ carried_bound('own', 'reference') }} as value_qualifier,
        own.estimate_round,
        case
            when own.vintage_set_id = reference.vintage_set_id then own.vintage_set_id
            else own.vintage_set_id || ' | ' || reference.vintage_set_id
        end as vintage_set_id,
        own.population_basis,
        {{ metric_inputs_of({'own': 'own', 'reference': 'reference'}) }},
        case when reference.is_bound then 'the province is a bound, not a number · 全省为界限而非数值' end as comment
    from metrics
    inner join metric_inputs as own_input
        on
            metrics.metric_code = own_input.metric_code
            and own_input.role = 'own'
    inner join metric_inputs as reference_input
        on
            metrics.metric_code = reference_input.metric_code
            and reference_input.role = 'reference'
    inner join figures as own
        on
            own_input.indicator_code = own.indicator_code
            and own.subject_kind = any(string_to_array(metrics.subject_kinds, ' '))
    inner join figures as reference
        on
            reference_input.indicator_code = reference.indicator_code
            and {{ same_time('own', 'reference') }}
            and own.estimate_round = reference.estimate_round
            and own.unit_measure = reference.unit_measure
            and own.population_basis is not distinct from reference.population_basis
    where
        reference.division_code = '{{ var("reference_division_code") }}'
        and (own.division_code like '33%' or own.list_code is not null)
        and own.division_code is distinct from reference.division_code
)

select * from pairs
