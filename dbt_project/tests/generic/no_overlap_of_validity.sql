{#- Two rows of one thing are never valid at once; intervals are half open, a null end is for ever. -#}
{% test no_overlap_of_validity(model, columns, valid_from, valid_to) %}
with intervals as (
    select
        {{ columns | join(',\n        ') }},
        {{ valid_from }} as valid_from,
        {{ valid_to }} as valid_to,
        lead({{ valid_from }}) over (
            partition by {{ columns | join(', ') }}
            order by {{ valid_from }} nulls first
        ) as next_valid_from
    from {{ model }}
)

select *
from intervals
where valid_to <= valid_from or (next_valid_from is not null and coalesce(valid_to > next_valid_from, true))
{% endtest %}
