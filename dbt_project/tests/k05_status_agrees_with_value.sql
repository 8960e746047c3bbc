-- K05: a status that means "no value" stands beside no value, and one that qualifies a value beside one.
with observations as (
    select * from {{ ref('fct_observations') }}
),

statuses as (
    select * from {{ ref('obs_statuses') }}
)

select
    observations.observation_key,
    observations.subject_name,
    observations.indicator_code,
    observations.obs_status,
    observations.value
from observations
inner join statuses
    on observations.obs_status = statuses.obs_status
where
    (statuses.value_rule = 'null_only' and (observations.value is not null or observations.obs_text is not null))
    or (statuses.value_rule = 'value_only' and observations.value is null and observations.obs_text is null)
