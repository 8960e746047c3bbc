{#- No column of an indicator holds what its kind of measure cannot be: a level or a ratio below nothing, a share outside 0 to
    100, a fall by more than everything. A rate of natural growth (per mille) may be negative. One pass over all columns. -#}
{% test within_unit(model) %}
{%- set shown = indicator_columns(model.identifier) | selectattr('attribute', 'equalto', 'value') | list if execute else [] %}
with shown_columns as (
    select
        column_name,
        indicator_code
    from (
        values
        {%- for column in shown %}
        ('{{ column.name }}', '{{ column.indicator }}'){{ ',' if not loop.last }}
        {%- else %}
        (null, null)
        {%- endfor %}
    ) as listed (column_name, indicator_code)
),

cells as (
    select
        to_jsonb(marts) as row_shown,
        shown_columns.column_name,
        indicators.measure,
        indicators.unit_measure,
        (to_jsonb(marts) ->> shown_columns.column_name)::numeric as value
    from {{ model }} as marts
    cross join shown_columns
    inner join {{ ref('dim_indicators') }} as indicators
        on shown_columns.indicator_code = indicators.indicator_code
)

select *
from cells
where
    (measure = 'LEVEL' and value < 0)
    or (measure = 'RATIO' and unit_measure != 'PM' and value < 0)
    or (measure = 'SHARE' and (value < 0 or value > 100))
    or (measure = 'GROWTH' and value < -100)
{% endtest %}
