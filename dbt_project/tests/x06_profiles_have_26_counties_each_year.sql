-- X06: no year of the profiles lacks a county, and no county stands twice.
select
    year,
    count(distinct division_code) as counties_count
from {{ ref('mart_county_profiles') }}
group by year
having count(distinct division_code) != 26 or count(*) != 26
