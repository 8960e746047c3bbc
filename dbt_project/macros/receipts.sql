{#- Receipts: what a cell of a mart was made from. A mart has one column `receipts jsonb`, the name of a column → the keys of
    its inputs, for each cell that is not null. A key is text and says where it leads: `observation:<observation_key>`,
    `history:<history_key>` (what an earlier issue of an edition said of it), `metric:<metric_key>`,
    `register:<relation>:<register_key>`. Names of columns come from contracts, never from data.

    In the last CTE of a mart, where `described` has the columns already:

        select
            *,
            {{ receipts([
                {'column': 'gdp_cny', 'keys': observation_receipt('gdp_observation_key')},
                {'column': 'members_count', 'keys': 'member_keys'},
            ]) }} as receipts
        from described

    A count cites what it counts; where it found nothing, it cites what it counted for: see `counted_keys`.
    `keys` is an expression that gives one text key or an array of them; nulls among them are left out. -#}
{% macro receipts(cells) -%}
{%- if not cells -%}
    {{ exceptions.raise_compiler_error('a mart without measures needs no receipts') }}
{%- endif -%}
jsonb_strip_nulls(
        {#- A call takes 100 arguments at most, so cells come in groups. -#}
        {%- for some in cells | batch(45) %}
        jsonb_build_object(
            {%- for cell in some %}
            '{{ cell.column }}',
            case when {{ cell.column }} is not null then {{ receipt_keys(cell['keys']) }} end{{ ',' if not loop.last }}
            {%- endfor %}
        ){{ ' ||' if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}


{#- One text key or an array of keys as a JSON array without nulls; null when nothing is left. -#}
{% macro receipt_keys(keys) -%}
to_jsonb(nullif(array_remove('{}'::text [] || ({{ keys }}), null), '{}'))
{%- endmacro %}


{#- The key of a published figure as a receipt; null where there is no figure. -#}
{% macro observation_receipt(key) -%}
'observation:' || {{ key }}
{%- endmacro %}


{#- The key of a figure as an earlier load of its edition gave it, as a receipt. -#}
{% macro history_receipt(key) -%}
'history:' || {{ key }}
{%- endmacro %}


{#- The key of a metric as a receipt. -#}
{% macro metric_receipt(key) -%}
'metric:' || {{ key }}
{%- endmacro %}


{#- The key of an entry of a register as a receipt: the relation that holds it, and its register_key there. -#}
{% macro register_receipt(relation, key) -%}
'register:{{ relation }}:' || {{ key }}
{%- endmacro %}


{#- What a count counted; where it found nothing, the entry of the register or list for which it counted. -#}
{% macro counted_keys(keys, entry) -%}
coalesce(nullif({{ keys }}, '{}'), array[{{ entry }}])
{%- endmacro %}


{#- The county's entry in the list of the 26, which gives it its rows, whether anyone published anything of it or not. -#}
{% macro original_list_receipt(relation='divisions') -%}
{{ register_receipt('dim_list_membership', relation ~ '.original_list_key') }}
{%- endmacro %}


{#- Over a group of rows: every key once, in a fixed order, so that two builds give the same receipt. -#}
{% macro receipts_of_group(receipt) -%}
array_agg(distinct {{ receipt }} order by {{ receipt }})
{%- endmacro %}


{#- The relations whose entries a receipt may name: those of core with a `register_key`. -#}
{% macro registers() -%}
    {{ return([
        'dim_consortia', 'dim_cooperation_systems', 'dim_evaluation_benchmarks', 'dim_list_membership', 'dim_parks',
        'dim_programmes', 'dim_projects', 'dim_scheme_rules', 'fct_enclave_allocations', 'fct_fund_flows',
        'fct_pairings', 'fct_park_states', 'fct_project_states', 'fct_scheme_results',
    ]) }}
{%- endmacro %}
