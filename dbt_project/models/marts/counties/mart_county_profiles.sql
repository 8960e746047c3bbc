{%- set shown = indicator_columns('mart_county_profiles') %}
with figures as (
    select * from {{ ref('int_county_years') }}
),

divisions as (
    select * from {{ ref('dim_divisions') }}
    where is_original_mountain_county
),

-- Every county has a row in every year in which any county has a figure: what nobody published is seen, not absent.
years as (
    select distinct year
    from figures
),

-- The county as it is named today, with its land as it was in the year; before its code was in use the land is null.
county_years as (
    select
        counties.division_code,
        years.year,
        counties.name_zh,
        counties.name_en,
        counties.prefecture_code,
        counties.prefecture_name,
        lands.boundary_version,
        coalesce(lands.boundary_change_kind is not null and lands.valid_from_year = years.year, false)
            as is_boundary_break
    from years
    inner join divisions as counties
        on counties.is_current
    left join divisions as lands
        on
            counties.division_code = lands.division_code
            and years.year >= lands.valid_from_year
            and coalesce(years.year < lands.valid_to_year, true)
),

pivoted as (
    select
        division_code,
        year,
        {%- for column in shown %}
        {{ pivot_figure(column) }} as {{ column.name }},
        {%- endfor %}
        count(*)::integer as figures_count
    from figures
    group by division_code, year
),

described as (
    select
        -- keys
        county_years.division_code,
        county_years.year,
        county_years.boundary_version,

        -- description
        county_years.name_zh as division_name_zh,
        county_years.name_en as division_name_en,
        county_years.prefecture_code,
        county_years.prefecture_name,
        county_years.is_boundary_break,

        -- measures
        {%- for column in shown %}
        {{ shown_figure(column, 'pivoted') }},
        {%- endfor %}
        coalesce(pivoted.figures_count, 0) as figures_count
    from county_years
    left join pivoted
        on
            county_years.division_code = pivoted.division_code
            and county_years.year = pivoted.year
)

select * from described
