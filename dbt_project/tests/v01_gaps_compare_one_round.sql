-- V01: both figures of a gap are of one round, period, accumulation and unit, whatever the mart claims of them.
with gaps as (
    select * from {{ ref('mart_county_gaps') }}
),

observations as (
    select * from {{ ref('fct_observations') }}
)

select
    gaps.division_code,
    gaps.metric_code,
    gaps.time_period
from gaps
inner join observations as county
    on gaps.county_observation_key = county.observation_key
inner join observations as province
    on gaps.province_observation_key = province.observation_key
where
    county.estimate_round != province.estimate_round
    or county.time_period != province.time_period
    or county.accum != province.accum
    or county.unit_measure != province.unit_measure
    or county.indicator_code != province.indicator_code
    or county.population_basis is distinct from province.population_basis
    or county.value != gaps.county_value
    or province.value != gaps.province_value
    or province.division_code != '{{ var("reference_division_code") }}'
