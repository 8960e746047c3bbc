-- What the widest mart shows is what was published: GDP, as read back from the facts.
with profiles as (
    select * from {{ ref('mart_county_profiles') }}
    where gdp_cny is not null
),

observations as (
    select * from {{ ref('fct_observations') }}
    where indicator_code = 'gdp' and freq = 'A'
)

select
    profiles.division_code,
    profiles.year,
    profiles.gdp_cny
from profiles
left join observations
    on
        profiles.division_code = observations.division_code
        and profiles.year::text = observations.time_period
        and profiles.gdp_cny = observations.value
        and profiles.gdp_estimate_round = observations.estimate_round
where observations.observation_key is null
