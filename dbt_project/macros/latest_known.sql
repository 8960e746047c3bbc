{#- The value of a column in the newest row that states it, where a register tells of one thing in several publications.
    Rows are ordered by when they were published, then by when they were loaded; a silent row never erases a fact. -#}
{% macro latest_known(column) -%}
(array_agg({{ column }} order by published_on desc nulls last, loaded_at desc, load_id desc, row_number desc)
        filter (where {{ column }} is not null))[1]
{%- endmacro %}
