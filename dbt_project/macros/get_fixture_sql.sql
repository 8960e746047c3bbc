{#- The rows that a unit test gives a model, in the types of the relation they stand for. Postgres reads them all from
    one JSON text; dbt's own macro writes a cast for every cell and asks for every relation's columns first, which took
    half of the time of the unit tests. A column that the relation lacks must be an error and not a null, so each one
    given is named. -#}
{% macro get_fixture_sql(rows, column_name_to_data_types) -%}
{%- set columns = {} -%}
{%- for row in rows -%}{%- do columns.update(row) -%}{%- endfor -%}
select given.*
from jsonb_populate_recordset(null::{{ this }}, {{ dbt.string_literal(dbt.escape_single_quotes(tojson(rows))) }}) as given
where true or row({% for column in columns %}given.{{ adapter.quote(column) }}{{ ', ' if not loop.last }}{% endfor %}) is null
{%- endmacro %}
