-- X06: the fixed panel is 26 counties, none of which ever leaves it, each in use today.
with members as (
    select * from {{ ref('dim_list_membership') }}
    where list_code = '{{ var("original_list_code") }}'
),

counted as (
    select
        count(distinct division_code) as members_count,
        count(valid_to) as members_left
    from members
)

select *
from counted
where members_count != 26 or members_left != 0
