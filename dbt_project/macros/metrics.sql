{#- The columns that every int_metrics_<family> gives, in this order; fct_metrics adds the key, the unit and the formula of
    the catalogue, the status that the inputs leave, and the window. `inputs` is a JSON array of metric_input(); a result
    of null needs a comment. -#}
{% macro metric_columns() -%}
    {{ return([
        'metric_code', 'subject_kind', 'subject_name', 'division_code', 'list_code', 'park_code', 'project_code',
        'programme_code', 'counterpart_name', 'boundary_version', 'freq', 'time_period', 'accum', 'period_start',
        'period_end', 'value', 'value_qualifier', 'input_statuses', 'estimate_round', 'vintage_set_id',
        'population_basis', 'inputs', 'comment', 'has_warnings', 'data_as_of', 'newer_load_in_quarantine',
    ]) }}
{%- endmacro %}


{#- Whose metric and of when: the columns of a figure that a metric takes over from its leading input. -#}
{% macro metric_subject(figure) -%}
{{ figure }}.subject_kind,
        {{ figure }}.subject_name,
        {{ figure }}.division_code,
        {{ figure }}.list_code,
        {{ figure }}.park_code,
        {{ figure }}.project_code,
        {{ figure }}.programme_code,
        {{ figure }}.counterpart_name,
        {{ figure }}.boundary_version,
        {{ figure }}.freq,
        {{ figure }}.time_period,
        {{ figure }}.accum,
        {{ figure }}.period_start,
        {{ figure }}.period_end
{%- endmacro %}


{#- Whose metric and of when, where it is of a list of counties and no figure leads it. -#}
{% macro metric_of_list(list_code, list_name) -%}
'division_group' as subject_kind,
        {{ list_name }} as subject_name,
        null as division_code,
        {{ list_code }} as list_code,
        null as park_code,
        null as project_code,
        null as programme_code,
        null as counterpart_name,
        null::integer as boundary_version
{%- endmacro %}


{#- The coefficient of variation of a ratio over a group, each weighted by what the ratio is per: the standard deviation
    over the mean, both weighted. -#}
{% macro weighted_dispersion(value, weight) -%}
sqrt(
                    sum({{ weight }} * {{ value }} * {{ value }}) / sum({{ weight }})
                    - power(sum({{ weight }} * {{ value }}) / sum({{ weight }}), 2)
                )
                / (sum({{ weight }} * {{ value }}) / sum({{ weight }}))
{%- endmacro %}


{#- One input of a metric that is a published figure: its role in the formula, its key, its
    value; `figure` where the query has more relations than one. -#}
{% macro metric_input(role, figure=none) -%}
{%- set prefix = figure ~ '.' if figure else '' -%}
jsonb_build_object('role', {{ role }}, 'key', 'observation:' || {{ prefix }}observation_key, 'value', {{ prefix }}value)
{%- endmacro %}


{#- The inputs of a metric of named figures: statuses, inputs and the three standing flags, role by role. Roles are given
    as {role: alias of the figure}. -#}
{% macro metric_inputs_of(roles) -%}
jsonb_build_array(
            {%- for figure in roles.values() %}{{ figure }}.obs_status{{ ', ' if not loop.last }}{% endfor -%}
        ) as input_statuses,
        jsonb_build_array(
            {%- for role, figure in roles.items() %}
            {{ metric_input("'" ~ role ~ "'", figure) }}{{ ',' if not loop.last }}
            {%- endfor %}
        ) as inputs,
        {% for figure in roles.values() %}{{ figure }}.has_warnings{{ ' or ' if not loop.last }}{% endfor %} as has_warnings,
        least(
            {%- for figure in roles.values() %}{{ figure }}.data_as_of{{ ', ' if not loop.last }}{% endfor -%}
        ) as data_as_of,
        {% for figure in roles.values() %}{{ figure }}.newer_load_in_quarantine{{ ' or ' if not loop.last }}{% endfor -%}
        {{ '' }} as newer_load_in_quarantine
{%- endmacro %}


{#- A metric that somebody printed: the figure as it stands, with its qualifier, round and comment, and itself as input. -#}
{% macro metric_as_published(figure) -%}
{{ metric_subject(figure) }},
        {{ figure }}.value,
        {{ figure }}.value_qualifier,
        {{ figure }}.estimate_round,
        {{ figure }}.vintage_set_id,
        {{ figure }}.population_basis,
        {{ metric_inputs_of({'value': figure}) }},
        {{ figure }}.comment
{%- endmacro %}


{#- Two figures are of one subject and one stretch of time: same area on the same land, same period, window and
    accumulation (domain §0 demands 3, 5 and 17). -#}
{% macro same_subject_and_time(one, other) -%}
{{ one }}.subject_key = {{ other }}.subject_key
            and {{ one }}.boundary_version is not distinct from {{ other }}.boundary_version
            and {{ same_time(one, other) }}
{%- endmacro %}


{#- Two figures are of one stretch of time, counted in the same way. -#}
{% macro same_time(one, other) -%}
{{ one }}.freq = {{ other }}.freq
            and {{ one }}.time_period = {{ other }}.time_period
            and {{ one }}.accum = {{ other }}.accum
            and {{ one }}.period_start is not distinct from {{ other }}.period_start
            and {{ one }}.period_end is not distinct from {{ other }}.period_end
{%- endmacro %}


{#- A result keeps the bound of its leading input where the other is a number; a bound in the other place leaves none. -#}
{% macro carried_bound(leading, other) -%}
case when not {{ other }}.is_bound then {{ leading }}.value_qualifier else 'EXACT' end
{%- endmacro %}


{#- Two inputs of one metric describe one subject at one year-end in the words of one publication: what balances ask. A
    state and a flow differ in accumulation, so periods meet at their end. -#}
{% macro same_balance(one, other) -%}
{{ one }}.metric_code = {{ other }}.metric_code
            and {{ one }}.subject_key = {{ other }}.subject_key
            and {{ one }}.boundary_version is not distinct from {{ other }}.boundary_version
            and {{ one }}.freq = {{ other }}.freq
            and {{ one }}.period_end = {{ other }}.period_end
            and {{ one }}.vintage_set_id = {{ other }}.vintage_set_id
            and {{ one }}.estimate_round = {{ other }}.estimate_round
{%- endmacro %}


{#- The key of the one input of a metric that plays a role, without its prefix. -#}
{% macro input_key(role) -%}
split_part(jsonb_path_query_first(inputs, '$[*] ? (@.role == "{{ role }}").key') #>> '{}', ':', 2)
{%- endmacro %}


{#- The keys of a metric's inputs as an array, all of them or those of one role. -#}
{% macro input_keys(role=none) -%}
array(
            select inputs_of_it.entry ->> 'key'
            from jsonb_array_elements(inputs) as inputs_of_it (entry)
            {%- if role %}
            where inputs_of_it.entry ->> 'role' = '{{ role }}'
            {%- endif %}
            order by inputs_of_it.entry ->> 'key'
        )
{%- endmacro %}
