select
    subject_name,
    count(*) as figures_count,
    count(distinct indicator_code) as indicators_count
from {{ ref('fct_observations') }}
group by subject_name
