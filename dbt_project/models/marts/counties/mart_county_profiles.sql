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
        counties.original_list_key,
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

columns_shown as (
    select
        indicator_code,
        column_name
    from (
        values
        {%- for column in shown if column.attribute == 'value' %}
        ('{{ column.indicator }}', '{{ column.name }}'){{ ',' if not loop.last }}
        {%- else %}
        (null, null)
        {%- endfor %}
    ) as listed (indicator_code, column_name)
),

pivoted as (
    select
        figures.division_code,
        figures.year,
        {%- for column in shown %}
        {{ pivot_figure(column, 'figures') }} as {{ column.name }},
        {%- endfor %}
        count(*)::integer as figures_count,
        bool_or(figures.has_warnings) as has_warnings,
        min(figures.data_as_of) as data_as_of,
        bool_or(figures.newer_load_in_quarantine) as newer_load_in_quarantine,
        coalesce(
            jsonb_object_agg(
                columns_shown.column_name,
                jsonb_build_array({{ observation_receipt('figures.observation_key') }})
            ) filter (where columns_shown.column_name is not null), '{}'
        )
        || jsonb_build_object(
            'figures_count',
            jsonb_agg({{ observation_receipt('figures.observation_key') }} order by figures.observation_key)
        ) as receipts
    from figures
    left join columns_shown
        on figures.indicator_code = columns_shown.indicator_code
    group by figures.division_code, figures.year
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
        coalesce(pivoted.figures_count, 0) as figures_count,

        -- standing
        coalesce(pivoted.has_warnings, false) as has_warnings,
        pivoted.data_as_of,
        coalesce(pivoted.newer_load_in_quarantine, false) as newer_load_in_quarantine,
        coalesce(
            pivoted.receipts,
            jsonb_build_object('figures_count', jsonb_build_array({{ original_list_receipt('county_years') }}))
        ) as receipts
    from county_years
    left join pivoted
        on
            county_years.division_code = pivoted.division_code
            and county_years.year = pivoted.year
)

select * from described
