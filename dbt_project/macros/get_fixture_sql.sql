{#- The rows that a unit test gives a model, in the types of the relation they stand for. Postgres reads them all from
    one JSON text; dbt's own macro writes a cast for every cell and asks for every relation's columns first, which took
    half of the time of the unit tests. A column that the relation lacks must be an error and not a null, so each one
    given is named. A model that grows may be given its own rows before it was ever built: there the values say what
    type they are. -#}
{% macro get_fixture_sql(rows, column_name_to_data_types) -%}
{%- set columns = {} -%}
{%- for row in rows -%}
    {%- for column, value in row.items() if value is not none or column not in columns -%}
        {%- do columns.update({column: value}) -%}
    {%- endfor -%}
{%- endfor -%}
{%- set text = dbt.string_literal(dbt.escape_single_quotes(tojson(rows))) -%}
select given.*
{%- if load_relation(this) %}
from jsonb_populate_recordset(null::{{ this }}, {{ text }}) as given
where true or row({% for column in columns %}given.{{ adapter.quote(column) }}{{ ', ' if not loop.last }}{% endfor %}) is null
{%- else %}
from jsonb_to_recordset({{ text }}) as given (
    {%- for column, value in columns.items() -%}
        {{ adapter.quote(column) }} {{ 'boolean' if value is boolean else 'numeric' if value is number else 'text' }}
        {{- ', ' if not loop.last }}
    {%- endfor -%}
)
{%- endif %}
{%- endmacro %}
