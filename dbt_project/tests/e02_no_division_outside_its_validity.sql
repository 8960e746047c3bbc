-- A figure's code was in use at the end of its period; the code and the land it means then are in dim_divisions.
with observations as (
    select * from {{ ref('fct_observations') }}
    where subject_kind = 'division'
),

divisions as (
    select * from {{ ref('dim_divisions') }}
)

select
    observations.observation_key,
    observations.subject_name,
    observations.division_code,
    observations.time_period
from observations
left join divisions
    on observations.division_key = divisions.division_key
where
    divisions.division_key is null
    or extract(year from observations.period_end) < divisions.valid_from_year
    or extract(year from observations.period_end) >= divisions.valid_to_year
