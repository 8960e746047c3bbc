{#- A funnel only narrows: no step holds more than a step before it (domain §3.3, P04). Steps that nobody published are
    passed over. -#}
{% test funnel_is_monotone(model, steps) %}
select *
from {{ model }}
where
    {%- for earlier in steps %}
    {%- for later in steps[loop.index:] %}
    {{ 'or ' if not (loop.first and earlier == steps[0]) }}{{ later }} > {{ earlier }}
    {%- endfor %}
    {%- endfor %}
{% endtest %}
