-- Every figure that readers may see stands in one of the two long marts, or is an older vintage of one that does.
with shown as (
    select observation_key from {{ ref('mart_division_figures') }}

    union all

    select observation_key from {{ ref('mart_programme_figures') }}
),

observations as (
    select * from {{ ref('fct_observations') }}
    where is_for_readers and vintage_rank = 1
)

select
    observations.observation_key,
    observations.subject_kind,
    observations.subject_name
from observations
left join shown
    on observations.observation_key = shown.observation_key
where shown.observation_key is null
