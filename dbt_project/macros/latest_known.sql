{#- The value of a column in the newest row that states it, where a register tells of one thing in several publications.
    Rows are ordered by when they were published, then by when they were loaded; a silent row never erases a fact. -#}
{% macro latest_known(column) -%}
(array_agg({{ column }} order by published_on desc nulls last, loaded_at desc, load_id desc, row_number desc)
        filter (where {{ column }} is not null))[1]
{%- endmacro %}


{#- Where the newest row of a thing in a register stands: the last columns of every model that merges a register. -#}
{% macro newest_provenance() -%}
{%- for column in ['table_id', 'edition', 'publication_sha256', 'locator'] -%}
{{ latest_known(column) }} as {{ column }},
        {% endfor -%}
{{ latest_known('published_on') }} as published_on
{%- endmacro %}
