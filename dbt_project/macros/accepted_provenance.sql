{#- Where a row comes from: the last columns of every staging model. -#}
{% macro accepted_provenance(published_on='accepted_loads.published_on') -%}
accepted_loads.publisher_id,
        accepted_loads.table_id,
        accepted_loads.edition,
        accepted_loads.publication_sha256,
        staged.locator,
        {{ published_on }} as published_on,
        accepted_loads.loaded_at,
        accepted_loads.is_latest,
        accepted_loads.has_warnings,
        accepted_loads.data_as_of,
        accepted_loads.newer_load_in_quarantine
{%- endmacro %}
