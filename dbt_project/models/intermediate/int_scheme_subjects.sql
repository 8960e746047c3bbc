-- Who is asked for which rule in which year, by which figure, and what is said where nothing can be. The consortia are
-- asked one by one; the publication answers for all of them at once.
with asked as (
    select * from {{ ref('scheme_subjects') }}
),

consortia as (
    select * from {{ ref('dim_consortia') }}
),

united as (
    select
        scheme_code,
        rule_code,
        subject_kind,
        subject_name,
        park_code,
        assessed_year,
        due_year,
        indicator_code,
        threshold_of_year,
        reason as reason_if_unknown,
        subject_name as figure_subject_name,
        null::text as register_receipt
    from asked

    union all

    select
        'manufacturing_consortium' as scheme_code,
        'annual_assessment' as rule_code,
        'pairing' as subject_kind,
        consortia.consortium_code as subject_name,
        null as park_code,
        years.assessed_year,
        null as due_year,
        'assessment_result' as indicator_code,
        null as threshold_of_year,
        'The result of the year was not published · 该年结果未公布' as reason_if_unknown,
        '制造业高质量发展结对促共富联合体' as figure_subject_name,
        {{ register_receipt('dim_consortia', 'consortia.register_key') }} as register_receipt
    from consortia
    cross join (values (2023), (2024), (2025)) as years (assessed_year)
)

select * from united
