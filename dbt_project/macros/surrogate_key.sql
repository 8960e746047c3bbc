{#- A key over columns that may be null: the same values give the same key in every release, null is not empty text. -#}
{% macro surrogate_key(columns) -%}
md5(concat_ws(
        '|',
        {%- for column in columns %}
        coalesce({{ column }}::text, '~'){{ ',' if not loop.last }}
        {%- endfor %}
    ))
{%- endmacro %}
