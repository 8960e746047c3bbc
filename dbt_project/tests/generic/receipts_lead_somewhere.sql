{#- Every key on a receipt is of a figure (as its edition gives it now, or gave it), of a metric, or of an entry of a
    register of this release. -#}
{% test receipts_lead_somewhere(model) %}
with keys as (
    select distinct receipt.key
    from {{ model }} as marts
    cross join lateral jsonb_each(marts.receipts) as cell (column_name, column_keys)
    cross join lateral jsonb_array_elements_text(cell.column_keys) as receipt (key)
),

known as (
    select {{ observation_receipt('observation_key') }} as key
    from {{ ref('fct_observations') }}

    union all

    select {{ history_receipt('history_key') }}
    from {{ ref('fct_observation_history') }}

    union all

    select {{ metric_receipt('metric_key') }}
    from {{ ref('fct_metrics') }}
    {%- for relation in registers() %}

    union all

    select {{ register_receipt(relation, 'register_key') }}
    from {{ ref(relation) }}
    {%- endfor %}
)

select keys.key
from keys
left join known
    on keys.key = known.key
where known.key is null
{% endtest %}
