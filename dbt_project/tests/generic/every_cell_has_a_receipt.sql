{#- Every measure that is not null says what it was made from, a count of zero too, and no receipt is of a cell that is null
    or of no column. -#}
{% test every_cell_has_a_receipt(model) %}
{%- set measures = measure_columns(model.identifier) if execute else [] %}
with rows_with_receipts as (
    select
        to_jsonb(marts) - 'receipts' as cells,
        marts.receipts
    from {{ model }} as marts
),

checked as (
    select
        rows_with_receipts.cells,
        measures.column_name,
        coalesce(rows_with_receipts.cells -> measures.column_name, 'null') != 'null' as is_shown,
        coalesce(jsonb_array_length(rows_with_receipts.receipts -> measures.column_name), 0) > 0 as has_receipt
    from rows_with_receipts
    cross join (
        select unnest(array['{{ measures | join("', '") }}']) as column_name
    ) as measures
),

strays as (
    select
        rows_with_receipts.cells,
        stray.column_name
    from rows_with_receipts
    cross join lateral jsonb_object_keys(rows_with_receipts.receipts) as stray (column_name)
    where stray.column_name != all(array['{{ measures | join("', '") }}'])
)

select
    column_name,
    cells
from checked
where is_shown != has_receipt

union all

select
    column_name,
    cells
from strays
{% endtest %}
