{#- Every key on a receipt is of a figure (as its edition gives it now, or gave it) or a metric of this release, or of an entry
    of a register. -#}
{% test receipts_lead_somewhere(model) %}
with keys as (
    select distinct receipt.key
    from {{ model }} as marts
    cross join lateral jsonb_each(marts.receipts) as cell (column_name, column_keys)
    cross join lateral jsonb_array_elements_text(cell.column_keys) as receipt (key)
),

known as (
    select 'observation:' || observation_key as key
    from {{ ref('fct_observations') }}

    union all

    select 'history:' || history_key
    from {{ ref('fct_observation_history') }}

    union all

    select 'metric:' || metric_key
    from {{ ref('fct_metrics') }}
)

select keys.key
from keys
left join known
    on keys.key = known.key
where known.key is null and keys.key !~ '^register:[a-z_]+:[0-9a-f]{32}$'
{% endtest %}
