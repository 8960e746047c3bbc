-- M26: the share of a county's leading industry, which the articles print without a period. Undated figures meet no
-- other figure: they are shown as printed, and a share of output is never put in one line with a share of 规上工业.
with metrics as (
    select * from {{ ref('metrics') }}
    where operation = 'published' and metric_id = 'M26'
),

metric_inputs as (
    select * from {{ ref('metric_inputs') }}
    where role = 'value'
),

figures as (
    select * from {{ ref('fct_observations') }}
    where
        is_for_readers
        and vintage_rank = 1
        and value is not null
        and time_period is null
),

published as (
    select
        metrics.metric_code,
        {{ metric_as_published('figures') }}
    from metrics
    inner join metric_inputs
        on metrics.metric_code = metric_inputs.metric_code
    inner join figures
        on metric_inputs.indicator_code = figures.indicator_code
)

select * from published
