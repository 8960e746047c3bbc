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


{#- The key of the figure behind such a column, for its receipt. -#}
{% macro pivot_key(column) -%}
max(observation_key) filter (where indicator_code = '{{ column.indicator }}') as {{ column.name }}_key
{%- endmacro %}


{#- All such columns of a grouped query, each value with its key; ends in a comma. -#}
{% macro pivoted_figures(shown) -%}
{%- for column in shown -%}
{{ pivot_figure(column) }} as {{ column.name }},
        {% if column.attribute == 'value' -%}
{{ pivot_key(column) }},
        {% endif -%}
{%- endfor -%}
{%- endmacro %}


{#- All such columns where they meet the thing they are of, each value with its key; ends in a comma. -#}
{% macro shown_figures(shown, relation) -%}
{%- for column in shown -%}
{{ shown_figure(column, relation) }},
        {% if column.attribute == 'value' -%}
{{ relation }}.{{ column.name }}_key,
        {% endif -%}
{%- endfor -%}
{%- endmacro %}


{#- The cells of receipts() for the columns of a wide mart that show a figure's value. -#}
{% macro figure_cells(shown) -%}
    {%- set cells = [] -%}
    {%- for column in shown if column.attribute == 'value' -%}
        {%- do cells.append({'column': column.name, 'keys': observation_receipt(column.name ~ '_key')}) -%}
    {%- endfor -%}
    {{ return(cells) }}
{%- endmacro %}
