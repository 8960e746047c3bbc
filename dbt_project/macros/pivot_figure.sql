{#- One column of a wide mart out of long figures. A status that nobody published is `O` (missing), never blank. -#}
{% macro pivot_figure(column) -%}
{%- set picked = "max(" ~ column.attribute ~ ") filter (where indicator_code = '" ~ column.indicator ~ "')" -%}
{%- if column.attribute == 'obs_status' -%}
coalesce({{ picked }}, 'O')
{%- else -%}
{{ picked }}
{%- endif -%}
{%- endmacro %}
