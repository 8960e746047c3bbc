with states as (
    select * from {{ ref('fct_project_states') }}
),

projects as (
    select * from {{ ref('dim_projects') }}
),

publications as (
    select * from {{ ref('dim_publications') }}
    where is_latest
),

described as (
    select
        states.*,
        publications.has_warnings,
        publications.data_as_of,
        publications.newer_load_in_quarantine,
        projects.name_zh as project_name_zh,
        projects.division_code,
        projects.division_name as division_name_zh,
        projects.park_code,
        projects.programme_code,
        -- The furthest state that was really reached.
        not states.is_expected
        and states.step = max(states.step) filter (where not states.is_expected) over (
            partition by states.project_code
        ) as is_current_state
    from states
    inner join projects
        on states.project_code = projects.project_code
    -- A state that quotes no accepted publication fails the contract: its standing would be null.
    left join publications
        on
            states.table_id = publications.table_id
            and states.edition = publications.edition
),

listed as (
    select {{ contracted_columns('mart_project_states') }}
    from described
)

select * from listed
