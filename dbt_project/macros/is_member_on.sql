{#- Whether an entry of a list is in force on a day. Where nobody published the day of entering or leaving, the entry counts
    before or after it without end. -#}
{% macro is_member_on(membership, day) -%}
coalesce({{ day }} >= {{ membership }}.valid_from, true)
            and coalesce({{ day }} < {{ membership }}.valid_to, true)
{%- endmacro %}
