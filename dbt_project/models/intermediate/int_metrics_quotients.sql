-- A part over its whole: both of one subject, period, accumulation, land, vintage set and population. Two publications
-- are never divided by each other here, for their figures need not describe one population or one scope.
with metrics as (
    select * from {{ ref('metrics') }}
    where operation in ('percent', 'ratio')
),

metric_inputs as (
    select * from {{ ref('metric_inputs') }}
),

figures as (
    select * from {{ ref('int_comparable_figures') }}
    where rank_in_set = 1
),

pairs as (
    select
        metrics.metric_code,
        {{ metric_subject('part') }},
        trim_scale(
            case when not whole.is_bound then part.value / nullif(whole.value, 0) end
            * case metrics.operation when 'percent' then 100 else 1 end
        ) as value,
        {{ carried_bound('part', 'whole') }} as value_qualifier,
        part.estimate_round,
        part.vintage_set_id,
        part.population_basis,
        {{ metric_inputs_of({'part': 'part', 'whole': 'whole'}) }},
        case when whole.is_bound then 'the whole is a bound, not a number · 整体为界限而非数值' end as comment
    from metrics
    inner join metric_inputs as part_input
        on
            metrics.metric_code = part_input.metric_code
            and part_input.role = 'part'
    inner join metric_inputs as whole_input
        on
            metrics.metric_code = whole_input.metric_code
            and whole_input.role = 'whole'
    inner join figures as part
        on part_input.indicator_code = part.indicator_code
    inner join figures as whole
        on
            whole_input.indicator_code = whole.indicator_code
            and {{ same_subject_and_time('part', 'whole') }}
            and part.vintage_set_id = whole.vintage_set_id
            and part.estimate_round = whole.estimate_round
            and part.unit_measure = whole.unit_measure
            and part.coverage = whole.coverage
            and part.population_basis is not distinct from whole.population_basis
)

select * from pairs
