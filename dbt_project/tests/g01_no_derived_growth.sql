-- G01: every growth in a mart is a figure that somebody printed. A growth without a printed original, or one that is
-- marked as estimated from levels, is a derived one.
select
    observation_key,
    indicator_code,
    printed,
    obs_status
from {{ ref('mart_division_figures') }}
where growth_basis is not null and value is not null and (printed is null or printed = '' or obs_status = 'E')
