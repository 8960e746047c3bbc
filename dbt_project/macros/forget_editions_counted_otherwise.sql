{#- Deletes from a history the editions of which it has a load that is accepted no more or has another place among the
    accepted loads of its edition: their rows were told against another load before them. -#}
{% macro forget_editions_counted_otherwise(history, loads) -%}
delete from {{ history }}
where (table_id, edition) in (
    select known.table_id, known.edition
    from {{ history }} as known
    left join {{ loads }} as loads
        on known.load_id = loads.load_id and known.load_ordinal = loads.load_ordinal
    where loads.load_id is null
)
{%- endmacro %}
