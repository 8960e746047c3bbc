{#- The import CTEs of a staging model: rows of one staging relation, and the accepted loads that make them visible. -#}
{% macro accepted_rows(relation) -%}
staged as (
    select * from {{ source('staging', relation) }}
),

accepted_loads as (
    select * from {{ ref('stg_ops__accepted_loads') }}
    where relation = '{{ relation }}'
)
{%- endmacro %}
