{#- The columns that a model's contract declares, each with its name, type and meta. A wide mart is pivoted from its own
    contract: a column's meta names the indicator it shows (and the attribute, where it shows one), so the list of
    columns is written once. Read from the graph, because a unit test's own node carries no columns. -#}
{% macro declared_columns(model_name) -%}
    {%- set declared = [] -%}
    {%- if execute -%}
        {%- set node = (graph.nodes.values() | selectattr('resource_type', 'equalto', 'model')
            | selectattr('name', 'equalto', model_name) | list | first) -%}
        {%- if not node -%}
            {{ exceptions.raise_compiler_error('no model ' ~ model_name) }}
        {%- endif -%}
        {%- for column in node.columns.values() -%}
            {%- set meta = column.config.meta if column.config else {} -%}
            {%- set is_figure = meta.get('indicator') and meta.get('attribute', 'value') == 'value' -%}
            {%- do declared.append({
                'name': column.name,
                'data_type': column.data_type,
                'indicator': meta.get('indicator'),
                'attribute': meta.get('attribute', 'value'),
                'metric': meta.get('metric'),
                'is_measure': meta.get('measure') or meta.get('metric') or is_figure,
            }) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(declared) }}
{%- endmacro %}


{#- The columns of a model that show an indicator; one column at least, or the contract lost its meta. -#}
{% macro indicator_columns(model_name) -%}
    {%- set shown = declared_columns(model_name) | selectattr('indicator') | list -%}
    {%- if execute and not shown -%}
        {{ exceptions.raise_compiler_error(model_name ~ ' shows no indicator: its contract lost its meta') }}
    {%- endif -%}
    {{ return(shown) }}
{%- endmacro %}


{#- The columns of a contract but its receipts, which are made from them: the list of columns is written once. A unit
    test has no graph to read a contract from; there every column stands. -#}
{% macro contracted_columns(model_name) -%}
{%- set names = declared_columns(model_name) | map(attribute='name') | reject('equalto', 'receipts') | list
    if graph.nodes is defined else ['*'] -%}
{{ names | join(',\n        ') }}
{%- endmacro %}


{#- The columns of a model that show a metric of the catalogue, for a mart that stands metrics side by side. -#}
{% macro metric_columns_shown(model_name) -%}
    {%- set shown = declared_columns(model_name) | selectattr('metric') | list -%}
    {%- if execute and not shown -%}
        {{ exceptions.raise_compiler_error(model_name ~ ' shows no metric: its contract lost its meta') }}
    {%- endif -%}
    {{ return(shown) }}
{%- endmacro %}


{#- The names of the columns of a model that hold measures: each non-null cell of theirs has a receipt. -#}
{% macro measure_columns(model_name) -%}
    {%- set measures = declared_columns(model_name) | selectattr('is_measure') | map(attribute='name') | list -%}
    {%- if execute and not measures -%}
        {{ exceptions.raise_compiler_error(model_name ~ ' has no measure: its contract lost its meta') }}
    {%- endif -%}
    {{ return(measures) }}
{%- endmacro %}
