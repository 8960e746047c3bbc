{%- set shown = indicator_columns('mart_county_profiles') | selectattr('attribute', 'equalto', 'value') | list %}
with figures as (
    select * from {{ ref('int_county_years') }}
),

divisions as (
    select * from {{ ref('dim_divisions') }}
    where is_original_mountain_county and is_current
),

indicators as (
    select * from {{ ref('dim_indicators') }}
),

-- What the county profile can show, whether anyone published it or not.
profiled as (
    select
        indicator_code,
        profile_column
    from (
        values
        {%- for column in shown %}
        ('{{ column.indicator }}', '{{ column.name }}'){{ ',' if not loop.last }}
        {%- else %}
        (null, null)
        {%- endfor %}
    ) as listed (indicator_code, profile_column)
),

known as (
    select
        division_code,
        indicator_code,
        count(*)::integer as years_known_count,
        min(year) as first_year,
        max(year) as last_year,
        string_agg(year::text, ' ' order by year) as years_known,
        array_agg({{ observation_receipt('observation_key') }} order by observation_key) as figure_keys,
        {{ standing_of_group() }}
    from figures
    group by division_code, indicator_code
),

described as (
    select
        -- keys
        divisions.division_code,
        profiled.indicator_code,

        -- description
        divisions.name_zh as division_name_zh,
        divisions.name_en as division_name_en,
        indicators.name_zh as indicator_name_zh,
        indicators.name_en as indicator_name_en,
        profiled.profile_column,

        -- measures
        coalesce(known.years_known_count, 0) as years_known_count,
        known.first_year,
        known.last_year,
        known.years_known,
        case when known.years_known_count is null then 'O' else 'A' end as coverage_status,

        -- standing
        coalesce(known.has_warnings, false) as has_warnings,
        known.data_as_of,
        coalesce(known.newer_load_in_quarantine, false) as newer_load_in_quarantine,
        {{ counted_keys('known.figure_keys', original_list_receipt()) }} as figure_keys
    from divisions
    cross join profiled
    inner join indicators
        on profiled.indicator_code = indicators.indicator_code
    left join known
        on
            divisions.division_code = known.division_code
            and profiled.indicator_code = known.indicator_code
),

receipted as (
    select
        division_code,
        indicator_code,
        division_name_zh,
        division_name_en,
        indicator_name_zh,
        indicator_name_en,
        profile_column,
        years_known_count,
        first_year,
        last_year,
        years_known,
        coverage_status,
        has_warnings,
        data_as_of,
        newer_load_in_quarantine,
        {{ receipts([{'column': 'years_known_count', 'keys': 'figure_keys'}]) }} as receipts
    from described
)

select * from receipted
