{#- One column of a wide mart out of long figures (the relation `figures`). -#}
{% macro pivot_figure(column) -%}
max(figures.{{ column.attribute }}) filter (where figures.indicator_code = '{{ column.indicator }}')
{%- endmacro %}


{#- That column where it meets the thing it is of: a status that nobody published is `O` (missing), never blank. -#}
{% macro shown_figure(column, relation) -%}
{%- if column.attribute == 'obs_status' -%}
coalesce({{ relation }}.{{ column.name }}, 'O') as {{ column.name }}
{%- else -%}
{{ relation }}.{{ column.name }}
{%- endif -%}
{%- endmacro %}
