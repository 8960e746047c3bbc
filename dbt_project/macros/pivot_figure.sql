{#- One column of a wide mart out of long figures; `relation` where the query has more relations than one. -#}
{% macro pivot_figure(column, relation=none) -%}
{%- set prefix = relation ~ '.' if relation else '' -%}
max({{ prefix }}{{ column.attribute }}) filter (where {{ prefix }}indicator_code = '{{ column.indicator }}')
{%- endmacro %}


{#- That column where it meets the thing it is of: a status that nobody published is `O` (missing), never blank. -#}
{% macro shown_figure(column, relation) -%}
{%- if column.attribute == 'obs_status' -%}
coalesce({{ relation }}.{{ column.name }}, 'O') as {{ column.name }}
{%- else -%}
{{ relation }}.{{ column.name }}
{%- endif -%}
{%- endmacro %}
