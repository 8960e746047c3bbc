{#- What makes two published values vintages of one figure: subject, indicator, period and accumulation. -#}
{% macro figure_columns(relation) -%}
    {{ return([
        relation ~ '.subject_kind',
        'coalesce(' ~ relation ~ '.division_code, ' ~ relation ~ '.subject_name)',
        relation ~ '.counterpart_name',
        relation ~ '.indicator_code',
        relation ~ '.freq',
        relation ~ '.time_period',
        relation ~ '.accum',
        relation ~ '.period_start',
        relation ~ '.period_end',
    ]) }}
{%- endmacro %}


{#- Keys that are the same in every warehouse that read the same publication: of the figure, and of the figure as one
    edition gives it. -#}
{% macro figure_key(relation) -%}
{{ surrogate_key(figure_columns(relation)) }}
{%- endmacro %}


{% macro observation_key(relation) -%}
{{ surrogate_key(figure_columns(relation) + [
    relation ~ '.estimate_round',
    relation ~ '.vintage_set_id',
    relation ~ '.table_id',
    relation ~ '.edition',
]) }}
{%- endmacro %}


{#- What a row says of its figure: value, bounds, words and status, whatever the characters. -#}
{% macro said_value() -%}
jsonb_build_array(value, value_upper, obs_text, value_qualifier, obs_status)
{%- endmacro %}
