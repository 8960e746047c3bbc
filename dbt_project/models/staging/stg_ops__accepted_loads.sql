{#- A table, not a view: every model of one build must see the same accepted loads, whatever is accepted meanwhile. -#}
{{ config(materialized='table') }}

with accepted_loads as (
    select * from {{ source('ops', 'accepted_loads') }}
),

publications as (
    select * from {{ source('ops', 'publications') }}
),

described as (
    select
        -- keys
        accepted_loads.load_id,
        accepted_loads.publisher_id,
        accepted_loads.table_id,
        accepted_loads.edition,
        accepted_loads.relation,

        -- publication
        accepted_loads.publication_sha256,
        publications.file_name,
        publications.carrier,
        publications.origin ->> 'title' as title,
        publications.origin ->> 'publisher' as publisher_printed,
        publications.origin ->> 'address' as address,
        publications.origin ->> 'licence' as licence,
        publications.origin ->> 'reliability' as reliability,

        -- clocks
        accepted_loads.published_on,
        accepted_loads.loaded_at,
        accepted_loads.is_latest
    from accepted_loads
    inner join publications
        on accepted_loads.publication_sha256 = publications.publication_sha256
)

select * from described
