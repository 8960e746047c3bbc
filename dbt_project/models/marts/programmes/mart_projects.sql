with projects as (
    select * from {{ ref('dim_projects') }}
),

parks as (
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
    select
        project_code,
        count(*)::integer as figures_count,
        {{ receipts_of_group(observation_receipt('observation_key')) }} as figure_keys,
        {{ standing_of_group() }}
    from {{ ref('mart_programme_figures') }}
    where project_code is not null
    group by project_code
),

described as (
    select
        -- keys
        projects.project_code,

        -- description
        projects.name_zh as project_name_zh,
        projects.investor_name,
        projects.origin_name,
        projects.division_code,
        coalesce(divisions.name_zh, projects.division_name) as division_name_zh,
        coalesce(divisions.is_original_mountain_county, false) as is_original_mountain_county,
        projects.park_code,
        parks.name_zh as park_name_zh,
        coalesce(projects.programme_code, parks.programme_code) as programme_code,
        programmes.name_zh as programme_name_zh,
        projects.project_state,
        projects.state_as_of,
        projects.note,

        -- measures
        coalesce(figures.figures_count, 0) as figures_count,

        -- provenance
        projects.basis,
        projects.publications_count,
        projects.table_id,
        projects.edition,
        projects.publication_sha256,
        projects.locator,
        {{ counted_keys('figures.figure_keys', register_receipt('dim_projects', 'projects.register_key')) }}
            as figure_keys,
        coalesce(figures.has_warnings, false) as has_warnings,
        coalesce(figures.data_as_of, projects.published_on) as data_as_of,
        coalesce(figures.newer_load_in_quarantine, false) as newer_load_in_quarantine
    from projects
    left join parks
        on projects.park_code = parks.park_code
    left join programmes
        on coalesce(projects.programme_code, parks.programme_code) = programmes.programme_code
    left join divisions
        on projects.division_code = divisions.division_code
    left join figures
        on projects.project_code = figures.project_code
),

receipted as (
    select
        {{ contracted_columns('mart_projects') }},
        {{ receipts([
            {'column': 'figures_count', 'keys': 'figure_keys'},
        ]) }} as receipts
    from described
)

select * from receipted
