{%- set shown = indicator_columns('mart_parks') %}
with parks as (
    select * from {{ ref('dim_parks') }}
),

programmes as (
    select * from {{ ref('dim_programmes') }}
),

divisions as (
    select * from {{ ref('dim_divisions') }}
    where is_current
),

figures as (
    select * from {{ ref('mart_programme_figures') }}
    where park_code is not null
),

projects as (
    select
        park_code,
        count(*)::integer as projects_count,
        {{ receipts_of_group(register_receipt('dim_projects', 'register_key')) }} as project_keys
    from {{ ref('dim_projects') }}
    where park_code is not null
    group by park_code
),

-- The newest period that says anything of a park and indicator; an undated figure only where no dated one exists.
latest as (
    select distinct on (park_code, indicator_code) *
    from figures
    order by
        park_code asc,
        indicator_code asc,
        (value is not null) desc,
        period_end desc nulls last,
        published_on desc nulls last,
        observation_key asc
),

pivoted as (
    select
        park_code,
        {{ pivoted_figures(shown) -}}
        count(*) as indicators_count
    from latest
    group by park_code
),

counted as (
    select
        park_code,
        count(*)::integer as figures_count,
        {{ receipts_of_group(observation_receipt('observation_key')) }} as figure_keys,
        {{ standing_of_group() }},
        max(period_end) as latest_figure_on
    from figures
    group by park_code
),

described as (
    select
        parks.*,
        parks.name_zh as park_name_zh,
        programmes.name_zh as programme_name_zh,
        hosts.name_zh as host_division_name_zh,
        coalesce(hosts.is_original_mountain_county, false) as is_in_original_mountain_county,
        partners.name_zh as partner_division_name_zh,

        -- measures
        {{ shown_figures(shown, 'pivoted') -}}
        coalesce(projects.projects_count, 0) as projects_count,
        coalesce(counted.figures_count, 0) as figures_count,
        counted.latest_figure_on,

        -- standing
        {{ counted_keys('projects.project_keys', register_receipt('dim_parks', 'parks.register_key')) }}
            as project_keys,
        {{ counted_keys('counted.figure_keys', register_receipt('dim_parks', 'parks.register_key')) }}
            as figure_keys,
        coalesce(counted.has_warnings, false) as has_warnings,
        coalesce(counted.data_as_of, parks.published_on) as data_as_of,
        coalesce(counted.newer_load_in_quarantine, false) as newer_load_in_quarantine
    from parks
    left join programmes
        on parks.programme_code = programmes.programme_code
    left join divisions as hosts
        on parks.host_code = hosts.division_code
    left join divisions as partners
        on parks.partner_code = partners.division_code
    left join pivoted
        on parks.park_code = pivoted.park_code
    left join projects
        on parks.park_code = projects.park_code
    left join counted
        on parks.park_code = counted.park_code
),

receipted as (
    select
        {{ contracted_columns('mart_parks') }},
        {{ receipts(figure_cells(shown) + [
            {'column': 'projects_count', 'keys': 'project_keys'},
            {'column': 'figures_count', 'keys': 'figure_keys'},
        ]) }} as receipts
    from described
)

select * from receipted
