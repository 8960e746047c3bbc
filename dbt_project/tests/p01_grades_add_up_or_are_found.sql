-- P01: grades add up to the evaluated, or the difference is registered as found; a finding that no longer holds is one
-- too.
select
    grades.division_code,
    grades.evaluation_year,
    grades.size_class,
    grades.ungraded_count,
    findings.ungraded_count as found_count
from {{ ref('mart_evaluation_grades') }} as grades
full join {{ ref('evaluation_findings') }} as findings
    on
        grades.division_code = findings.division_code
        and grades.evaluation_year = findings.evaluation_year
        and grades.size_class = findings.size_class
where coalesce(grades.ungraded_count, 0) != coalesce(findings.ungraded_count, 0)
