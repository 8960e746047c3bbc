{#- Every row of one kind of subject is found in its register, or is listed in seeds/unregistered_subjects.csv with the
    reason why it is in none: a subject is never left unresolved in silence. -#}
{% test resolves_to(model, column_name, subject_kind) %}
with subjects as (
    select
        subject_kind,
        subject_name,
        count(*) as row_count
    from {{ model }}
    where subject_kind = '{{ subject_kind }}' and {{ column_name }} is null
    group by subject_kind, subject_name
),

unregistered as (
    select * from {{ ref('unregistered_subjects') }}
)

select subjects.*
from subjects
left join unregistered
    on
        subjects.subject_kind = unregistered.subject_kind
        and subjects.subject_name = unregistered.subject_name
where unregistered.subject_name is null
{% endtest %}
