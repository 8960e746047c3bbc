{#- A release is one schema: whatever a model asks for, it is built beside the rest of its release. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ target.schema }}
{%- endmacro %}
