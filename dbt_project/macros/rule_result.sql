{#- Whether a rule holds for a value (domain §4): passes, fails, unknown, or distance where the rule is soft. Strict stays
    strict (70.0 does not exceed 70); a bound decides only where every value behind it would; 约 decides nothing. -#}
{% macro rule_result(comparison, value, qualifier, threshold) -%}
case
            when {{ value }} is null or {{ threshold }} is null or {{ comparison }} is null then 'unknown'
            when {{ comparison }} = 'approx' then 'distance'
            when {{ qualifier }} = 'APPROX' then 'unknown'
            when {{ comparison }} in ('gt', 'ge') and {{ qualifier }} in ('GT', 'GE')
                then case
                    when {{ value }} > {{ threshold }} then 'passes'
                    when {{ value }} = {{ threshold }} and 'GT' = {{ qualifier }} then 'passes'
                    when {{ value }} = {{ threshold }} and {{ comparison }} = 'ge' then 'passes'
                    else 'unknown'
                end
            when {{ comparison }} in ('gt', 'ge') and {{ qualifier }} in ('LT', 'LE')
                then case
                    when {{ value }} < {{ threshold }} then 'fails'
                    when {{ value }} = {{ threshold }} and 'LT' = {{ qualifier }} then 'fails'
                    when {{ value }} = {{ threshold }} and {{ comparison }} = 'gt' then 'fails'
                    else 'unknown'
                end
            when {{ comparison }} = 'le' and {{ qualifier }} in ('LT', 'LE')
                then case when {{ value }} <= {{ threshold }} then 'passes' else 'unknown' end
            when {{ comparison }} = 'le' and {{ qualifier }} in ('GT', 'GE')
                then case
                    when {{ value }} > {{ threshold }} then 'fails'
                    when {{ value }} = {{ threshold }} and 'GT' = {{ qualifier }} then 'fails'
                    else 'unknown'
                end
            when {{ qualifier }} != 'EXACT' then 'unknown'
            when {{ comparison }} = 'gt' then case when {{ value }} > {{ threshold }} then 'passes' else 'fails' end
            when {{ comparison }} = 'ge' then case when {{ value }} >= {{ threshold }} then 'passes' else 'fails' end
            when {{ comparison }} = 'le' then case when {{ value }} <= {{ threshold }} then 'passes' else 'fails' end
            when {{ comparison }} = 'eq' then case when {{ value }} = {{ threshold }} then 'passes' else 'fails' end
            else 'unknown'
        end
{%- endmacro %}
