-- X07: Zhejiang has 89 county-level units to 2018 and 90 from 2019, the denominator of completeness (domain §2.8).
with counted as (
    select
        years.year,
        count(divisions.division_code) as units_count
    from generate_series(2018, 2024) as years (year)
    left join {{ ref('dim_divisions') }} as divisions
        on
            divisions.province_name = '浙江省'
            and divisions.division_level = '县级'
            and years.year >= divisions.valid_from_year
            and coalesce(years.year < divisions.valid_to_year, true)
    group by years.year
)

select *
from counted
where units_count != case when year < 2019 then 89 else 90 end
