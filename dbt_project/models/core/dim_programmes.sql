with programmes as (
    select * from {{ ref('stg_publications__programmes') }}
    where is_latest
),

-- Several publications tell of one programme; each attribute is taken from the newest that states it.
merged as (
    select
        -- keys
        {{ surrogate_key(['programme_code']) }} as register_key,
        programme_code,

        -- description
        {{ latest_known('name_zh') }} as name_zh,
        {{ latest_known('name_en') }} as name_en,
        {{ latest_known('owner_zh') }} as owner_zh,

        -- validity
        {{ latest_known('valid_from') }} as valid_from,
        {{ latest_known('valid_to') }} as valid_to,

        -- provenance
        string_agg(distinct basis, '; ' order by basis) as basis,
        count(distinct publication_sha256)::integer as publications_count,
        {{ newest_provenance() }}
    from programmes
    group by programme_code
)

select * from merged
