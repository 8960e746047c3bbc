{#- Two figures are of one subject and counterpart in one window: neither a wider nor a narrower one (domain §0 demand 17). -#}
{% macro same_window(one, other) -%}
{{ one }}.subject_kind = {{ other }}.subject_kind
            and {{ one }}.subject_name = {{ other }}.subject_name
            and {{ one }}.counterpart_name is not distinct from {{ other }}.counterpart_name
            and {{ one }}.window_code = {{ other }}.window_code
            and {{ one }}.period_end = {{ other }}.period_end
{%- endmacro %}


{#- The columns of a share in percent of two figures, `part` and `whole`: a bound above keeps its sign, a bound below leaves
    no value. -#}
{% macro share_of_window() -%}
{{ metric_subject('part') }},
        case when not whole.is_bound then trim_scale(part.value / nullif(whole.value, 0) * 100) end as value,
        case when not whole.is_bound then part.value_qualifier else 'EXACT' end as value_qualifier,
        part.estimate_round,
        part.vintage_set_id,
        part.population_basis
{%- endmacro %}
