{#- How far what is made of several figures may be relied on: it has warnings where one of them has, is as old as the oldest,
    and waits for a load in quarantine where one does. -#}
{% macro standing_of_group() -%}
bool_or(has_warnings) as has_warnings,
        min(data_as_of) as data_as_of,
        bool_or(newer_load_in_quarantine) as newer_load_in_quarantine
{%- endmacro %}
