with consortia as (
    select * from {{ ref('dim_consortia') }}
),

results as (
    select * from {{ ref('fct_scheme_results') }}
    where scheme_code = 'manufacturing_consortium' and rule_code = 'annual_assessment'
),

projects as (
    select
        division_code,
        count(*)::integer as named_projects_count,
        {{ receipts_of_group(register_receipt('dim_projects', 'register_key')) }} as project_keys
    from {{ ref('dim_projects') }}
    where programme_code = 'manufacturing_consortium'
    group by division_code
),

-- That every consortium has its park was published for a day, and holds for each of them from then on.
full_coverage as (
    select * from {{ ref('fct_metrics') }}
    where metric_code = 'cooperation_park_coverage' and value = 100
),

described as (
    select
        consortia.consortium_number,
        consortia.consortium_code,
        results.assessed_year as year,
        consortia.is_named,
        consortia.mountain_county_code,
        consortia.mountain_county_name_zh,
        consortia.industrial_county_code,
        consortia.industrial_county_name_zh,
        consortia.obs_status as name_status,
        consortia.reason as name_reason,
        results.result as assessment_result,
        results.obs_status as assessment_status,
        results.reason as assessment_reason,
        case
            when results.assessed_year >= extract(year from full_coverage.period_end) then true
        end as has_cooperation_park,
        full_coverage.metric_key,
        case when consortia.is_named then coalesce(projects.named_projects_count, 0) end as named_projects_count,
        coalesce(
            projects.project_keys, array[{{ register_receipt('dim_consortia', 'consortia.register_key') }}]
        ) as project_keys,
        string_to_array(results.inputs, ' ') as result_keys,
        results.has_warnings,
        results.data_as_of,
        results.newer_load_in_quarantine
    from consortia
    inner join results
        on consortia.consortium_code = results.subject_name
    left join projects
        on consortia.mountain_county_code = projects.division_code
    left join full_coverage
        on true
),

receipted as (
    select
        {{ contracted_columns('mart_consortium_years') }},
        {{ receipts([
            {'column': 'assessment_result', 'keys': 'result_keys'},
            {'column': 'has_cooperation_park', 'keys': metric_receipt('metric_key')},
            {'column': 'named_projects_count', 'keys': 'project_keys'},
        ]) }} as receipts
    from described
)

select * from receipted
