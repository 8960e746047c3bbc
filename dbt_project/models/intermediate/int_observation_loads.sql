-- The accepted loads of figures, each with its place among those of its edition. What is accepted later comes later,
-- so a place does not change when another load comes.
with loads as (
    select * from {{ ref('stg_ops__accepted_loads') }}
    where relation = 'observations'
),

ordered as (
    select
        load_id,
        publisher_id,
        table_id,
        edition,
        publication_sha256,
        published_on,
        loaded_at,
        accepted_at,
        row_number() over (same_edition)::integer as load_ordinal,
        lead(load_id) over (same_edition) as next_load_id
    from loads
    window same_edition as (partition by table_id, edition order by accepted_at, load_id)
)

select * from ordered
