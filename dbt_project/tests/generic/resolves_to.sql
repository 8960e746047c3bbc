{#- Every row of one kind of subject is found in its register: the resolved code is never null. -#}
{% test resolves_to(model, column_name, subject_kind) %}
select
    subject_kind,
    subject_name,
    count(*) as row_count
from {{ model }}
where subject_kind = '{{ subject_kind }}' and {{ column_name }} is null
group by subject_kind, subject_name
{% endtest %}
