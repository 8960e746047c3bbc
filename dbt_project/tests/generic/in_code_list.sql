{#- K02: every value of a coded column is in its code list. -#}
{% test in_code_list(model, column_name, code_list) %}
with coded as (
    select distinct {{ column_name }} as code
    from {{ model }}
    where {{ column_name }} is not null
),

listed as (
    select code
    from {{ ref('dim_code_lists') }}
    where code_list = '{{ code_list }}'
)

select coded.code
from coded
left join listed on coded.code = listed.code
where listed.code is null
{% endtest %}
