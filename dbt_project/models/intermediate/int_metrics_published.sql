-- Metrics that somebody printed: one value per subject, period and estimate round, with its qualifier, status and
-- comment.
with metrics as (
    select * from {{ ref('metrics') }}
    where operation = 'published'
),

metric_inputs as (
    select * from {{ ref('metric_inputs') }}
    where role = 'value'
),

figures as (
    select * from {{ ref('int_comparable_figures') }}
    where rank_in_round = 1
),

published as (
    select
        metrics.metric_code,
        {{ metric_as_published('figures') }}
    from metrics
    inner join metric_inputs
        on metrics.metric_code = metric_inputs.metric_code
    inner join figures
        on
            metric_inputs.indicator_code = figures.indicator_code
            and metrics.unit_measure = figures.unit_measure
            and figures.subject_kind = any(string_to_array(metrics.subject_kinds, ' '))
)

select * from published
