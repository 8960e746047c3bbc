{%- set shown = indicator_columns('mart_platform_years') %}
with years as (
    select
        year,
        make_date(year, 12, 31) as year_end
    from generate_series(2020, 2025) as year
),

members as (
    select * from {{ ref('dim_list_membership') }}
    where list_code = 'counties_with_zone'
),

metrics as (
    select * from {{ ref('fct_metrics') }}
    where metric_code = 'platform_pairing_coverage'
),

figures as (
    select
        *,
        extract(year from period_end)::integer as figure_year
    from {{ ref('fct_observations') }}
    where
        (programme_code = 'open_platform_co_building' or subject_name = '18个山区县经济开发区')
        and is_for_readers
        and vintage_rank = 1
        and period_end is not null
),

covered as (
    select
        years.year,
        count(members.division_code)::integer as counties_with_zone_count,
        {{ receipts_of_group(register_receipt('dim_list_membership', 'members.register_key')) }} as member_keys
    from years
    left join members
        on {{ is_member_on('members', 'years.year_end') }}
    group by years.year
),

pivoted as (
    select
        figure_year as year,
        {{ pivoted_figures(shown) -}}
        {{ standing_of_group() }}
    from figures
    group by figure_year
),

described as (
    select
        covered.year,
        covered.counties_with_zone_count,
        covered.member_keys,
        metrics.value as platform_pairing_coverage_pct,
        metrics.metric_key,
        {{ shown_figures(shown, 'pivoted') -}}
        case when pivoted.year is null then 'O' else 'A' end as obs_status,
        case when pivoted.year is null then 'No figure of the year was published · 该年未公布数字' end as reason,
        coalesce(pivoted.has_warnings, false) as has_warnings,
        pivoted.data_as_of,
        coalesce(pivoted.newer_load_in_quarantine, false) as newer_load_in_quarantine
    from covered
    left join pivoted
        on covered.year = pivoted.year
    left join metrics
        on covered.year = extract(year from metrics.period_end)
),

receipted as (
    select
        {{ contracted_columns('mart_platform_years') }},
        {{ receipts(figure_cells(shown) + [
            {'column': 'counties_with_zone_count', 'keys': 'member_keys'},
            {'column': 'platform_pairing_coverage_pct', 'keys': metric_receipt('metric_key')},
        ]) }} as receipts
    from described
)

select * from receipted
