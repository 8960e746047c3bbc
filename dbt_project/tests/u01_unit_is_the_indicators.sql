-- U1: a figure is in the unit of its indicator; the power of ten may differ, the unit may not.
with observations as (
    select * from {{ ref('fct_observations') }}
),

indicators as (
    select * from {{ ref('dim_indicators') }}
)

select
    observations.observation_key,
    observations.indicator_code,
    observations.unit_measure,
    indicators.unit_measure as indicator_unit_measure
from observations
inner join indicators
    on observations.indicator_code = indicators.indicator_code
where observations.unit_measure != indicators.unit_measure
