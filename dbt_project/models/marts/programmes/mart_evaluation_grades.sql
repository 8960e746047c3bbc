{%- set grades = ['a', 'b', 'c', 'd'] %}
-- A–D compare only inside one county, year and size class (domain §3.1): quotas and weights differ elsewhere.
with figures as (
    select
        *,
        extract(year from period_end)::integer as evaluation_year,
        case when indicator_code like '%below_scale%' then 'BELOW_SCALE' else 'ABOVE_SCALE' end as size_class,
        case
            when indicator_code like 'evaluated%' then 'evaluated'
            else substr(indicator_code, 7, 1)
        end as part
    from {{ ref('fct_observations') }}
    where
        indicator_code ~ '^(evaluated|grade_[abcd])_(above|below)_scale_enterprises$'
        and vintage_rank = 1
),

metrics as (
    select * from {{ ref('fct_metrics') }}
    where metric_id = 'M32'
),

findings as (
    select * from {{ ref('evaluation_findings') }}
),

counted as (
    select
        division_code,
        max(subject_name) as division_name_zh,
        evaluation_year,
        size_class,
        max(value) filter (where part = 'evaluated')::integer as evaluated_count,
        {%- for grade in grades %}
        max(value) filter (where part = '{{ grade }}')::integer as grade_{{ grade }}_count,
        {%- endfor %}
        max(obs_status) as obs_status,
        {{ receipts_of_group(observation_receipt('observation_key')) }} as figure_keys,
        {{ standing_of_group() }}
    from figures
    group by division_code, evaluation_year, size_class
),

-- A grade that nobody published leaves no sum.
summed as (
    select
        *,
        grade_a_count + grade_b_count + grade_c_count + grade_d_count as graded_count
    from counted
),

shares as (
    select
        division_code,
        extract(year from period_end)::integer as evaluation_year,
        counterpart_name as size_class,
        {%- for grade in grades %}
        max(value) filter (where metric_code = 'grade_{{ grade }}_share') as grade_{{ grade }}_share_pct,
        max({{ metric_receipt('metric_key') }}) filter (where metric_code = 'grade_{{ grade }}_share')
            as grade_{{ grade }}_key,
        {%- endfor %}
        count(*) as shares_count
    from metrics
    group by division_code, extract(year from period_end), counterpart_name
),

described as (
    select
        summed.*,
        {%- for grade in grades %}
        shares.grade_{{ grade }}_share_pct,
        shares.grade_{{ grade }}_key,
        {%- endfor %}
        summed.evaluated_count - summed.graded_count as ungraded_count,
        summed.evaluated_count = summed.graded_count as is_consistent,
        findings.finding_zh,
        findings.finding_en
    from summed
    left join shares
        on
            summed.division_code = shares.division_code
            and summed.evaluation_year = shares.evaluation_year
            and summed.size_class = shares.size_class
    left join findings
        on
            summed.division_code = findings.division_code
            and summed.evaluation_year = findings.evaluation_year
            and summed.size_class = findings.size_class
),

receipted as (
    select
        {{ contracted_columns('mart_evaluation_grades') }},
        {{ receipts([
            {'column': 'evaluated_count', 'keys': 'figure_keys'},
            {'column': 'grade_a_count', 'keys': 'figure_keys'},
            {'column': 'grade_b_count', 'keys': 'figure_keys'},
            {'column': 'grade_c_count', 'keys': 'figure_keys'},
            {'column': 'grade_d_count', 'keys': 'figure_keys'},
            {'column': 'graded_count', 'keys': 'figure_keys'},
            {'column': 'ungraded_count', 'keys': 'figure_keys'},
            {'column': 'grade_a_share_pct', 'keys': 'grade_a_key'},
            {'column': 'grade_b_share_pct', 'keys': 'grade_b_key'},
            {'column': 'grade_c_share_pct', 'keys': 'grade_c_key'},
            {'column': 'grade_d_share_pct', 'keys': 'grade_d_key'},
        ]) }} as receipts
    from described
)

select * from receipted
