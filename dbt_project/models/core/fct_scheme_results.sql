-- One result for each rule, each subject it is asked of, and each year: passes, fails, distance where the rule is soft,
-- or unknown with the reason. A forecast or an announced amount is no result.
with subjects as (
    select * from {{ ref('int_scheme_subjects') }}
),

rules as (
    select * from {{ ref('dim_scheme_rules') }}
),

figures as (
    select * from {{ ref('fct_observations') }}
    where is_for_readers and vintage_rank = 1
),

measured as (
    select
        subjects.*,
        rules.register_key as rule_key,
        rules.statement_zh,
        rules.comparison,
        rules.is_binding,
        rules.table_id,
        rules.edition,
        rules.publication_sha256,
        rules.locator,
        coalesce(subjects.threshold_of_year, rules.threshold_value) as threshold_value,
        coalesce(figures.unit_measure, rules.unit_measure) as unit_measure,
        figures.observation_key,
        figures.value,
        figures.obs_text,
        figures.value_qualifier,
        figures.obs_status as figure_status,
        coalesce(figures.has_warnings, false) as has_warnings,
        coalesce(figures.data_as_of, rules.published_on) as data_as_of,
        coalesce(figures.newer_load_in_quarantine, false) as newer_load_in_quarantine
    from subjects
    inner join rules
        on
            subjects.scheme_code = rules.scheme_code
            and subjects.rule_code = rules.rule_code
    left join figures
        on
            subjects.figure_subject_name = figures.subject_name
            and subjects.indicator_code = figures.indicator_code
            and subjects.assessed_year = extract(year from figures.period_end)
            and figures.freq = 'A'
),

judged as (
    select
        *,
        case
            when figure_status = 'F' then 'unknown'
            when obs_text = '全部及格' then 'passes'
            else {{ rule_result('comparison', 'value', 'value_qualifier', 'threshold_value') }}
        end as result_of_year
    from measured
),

-- A target that is not met before its year is a distance still to go, and no failure.
timed as (
    select
        *,
        case when result_of_year = 'fails' and assessed_year < due_year then 'distance' else result_of_year end
            as result
    from judged
),

described as (
    select
        *,
        {{ surrogate_key(['scheme_code', 'rule_code', 'subject_kind', 'subject_name', 'assessed_year']) }}
            as register_key,
        trim_scale(value - threshold_value) as distance_value,
        case when result != 'unknown' or value is not null then figure_status else 'O' end as obs_status,
        case when result = 'unknown' then reason_if_unknown end as reason,
        concat_ws(
            ' ',
            {{ register_receipt('dim_scheme_rules', 'rule_key') }},
            {{ observation_receipt('observation_key') }},
            register_receipt
        ) as inputs
    from timed
),

contracted as (
    select {{ contracted_columns('fct_scheme_results') }}
    from described
)

select * from contracted
