select
    load_id,
    count(*) as figures_count
from {{ ref('fct_observations') }}
group by load_id
