-- U3: the canonical value is the printed number times its power of ten, exactly, in numeric.
select
    observation_key,
    obs_value,
    unit_mult,
    value
from {{ ref('fct_observations') }}
where
    value is distinct from obs_value * power(10::numeric, unit_mult)
    or value_upper is distinct from obs_value_upper * power(10::numeric, unit_mult)
