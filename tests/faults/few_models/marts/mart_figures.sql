select
    observation_key,
    load_id,
    subject_name,
    indicator_code,
    time_period,
    value
from {{ ref('fct_observations') }}
