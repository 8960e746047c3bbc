-- A03: an indicator that is part of another is not larger, within one publication and period
-- (seeds/indicator_parts.csv).
with observations as (
    select * from {{ ref('fct_observations') }}
    where value is not null and value_qualifier in ('EXACT', 'APPROX')
),

parts as (
    select * from {{ ref('indicator_parts') }}
)

select
    part.subject_name,
    part.time_period,
    part.indicator_code as part_code,
    part.value as part_value,
    whole.indicator_code as whole_code,
    whole.value as whole_value
from parts
inner join observations as part
    on parts.part_code = part.indicator_code
inner join observations as whole
    on
        parts.whole_code = whole.indicator_code
        and part.subject_kind = whole.subject_kind
        and part.subject_name = whole.subject_name
        and part.time_period = whole.time_period
        and part.accum = whole.accum
        and part.period_start is not distinct from whole.period_start
        and part.vintage_set_id = whole.vintage_set_id
        and part.estimate_round = whole.estimate_round
where part.value > whole.value
