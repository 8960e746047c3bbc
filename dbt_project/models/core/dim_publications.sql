with accepted_loads as (
    select * from {{ ref('stg_ops__accepted_loads') }}
),

observations as (
    select
        load_id,
        count(*)::integer as figures_count
    from {{ ref('stg_publications__observations') }}
    group by load_id
),

described as (
    select
        -- keys
        accepted_loads.load_id,
        accepted_loads.publisher_id,
        accepted_loads.table_id,
        accepted_loads.edition,
        accepted_loads.publication_sha256,

        -- description
        accepted_loads.title,
        accepted_loads.publisher_printed,
        accepted_loads.address,
        accepted_loads.licence,
        accepted_loads.reliability,
        accepted_loads.carrier,
        accepted_loads.file_name,
        accepted_loads.relation,

        -- clocks
        accepted_loads.published_on,
        accepted_loads.loaded_at,
        accepted_loads.is_latest,

        -- standing
        accepted_loads.has_warnings,
        accepted_loads.data_as_of,
        accepted_loads.newer_load_in_quarantine,

        -- measures
        coalesce(observations.figures_count, 0) as figures_count
    from accepted_loads
    left join observations
        on accepted_loads.load_id = observations.load_id
)

select * from described
