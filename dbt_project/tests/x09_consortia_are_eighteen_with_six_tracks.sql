-- X09: eighteen consortia a year, each with the six tracks; what nobody named has a reason, what has no figure too.
with years as (
    select
        year,
        count(*) as rows_count
    from {{ ref('mart_consortium_years') }}
    group by year
),

tracks as (
    select
        consortium_number,
        count(distinct track_code) as rows_count
    from {{ ref('mart_consortium_tracks') }}
    group by consortium_number
)

select
    'year ' || year as what,
    rows_count
from years
where rows_count != 18

union all

select
    'consortium ' || consortium_number as what,
    rows_count
from tracks
where rows_count != 6

union all

select
    'without a reason' as what,
    count(*) as rows_count
from {{ ref('mart_consortium_tracks') }}
where value is null and reason is null
having count(*) > 0
