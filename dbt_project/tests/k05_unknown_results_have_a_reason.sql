-- K05: an unknown result says why, a known one rests on a figure, and nothing measured before its due year has failed.
select
    result,
    reason,
    obs_status,
    assessed_year,
    due_year
from {{ ref('mart_scheme_results') }}
where
    (result = 'unknown' and reason is null)
    or (result != 'unknown' and obs_status is null)
    or (result = 'fails' and assessed_year < due_year)
