select
    {{ surrogate_key(['load_id', 'row_number']) }} as observation_key,
    *
from {{ ref('fct_observation_history') }}
