select
    {{ surrogate_key(['subject_name', 'indicator_code']) }} as metric_key,
    count(*) as figures_count,
    jsonb_agg(jsonb_build_object('key', 'observation:' || observation_key) order by observation_key) as inputs
from {{ ref('fct_observations') }}
group by subject_name, indicator_code
