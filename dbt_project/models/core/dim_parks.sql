with parks as (
    select * from {{ ref('stg_publications__parks') }}
    where is_latest
),

-- Several publications tell of one park; each attribute is taken from the newest that states it.
merged as (
    select
        -- keys
        {{ surrogate_key(['park_code']) }} as register_key,
        park_code,

        -- description
        {{ latest_known('name_zh') }} as name_zh,
        {{ latest_known('park_kind') }} as park_kind,
        {{ latest_known('main_industry') }} as main_industry,
        {{ latest_known('sector_class') }} as sector_class,

        -- both sides
        {{ latest_known('host_name') }} as host_name,
        {{ latest_known('host_code') }} as host_code,
        {{ latest_known('partner_name') }} as partner_name,
        {{ latest_known('partner_code') }} as partner_code,
        {{ latest_known('programme_code') }} as programme_code,

        -- state
        {{ latest_known('lifecycle_state') }} as lifecycle_state,
        {{ latest_known('approved') }} as approved,
        {{ latest_known('note') }} as note,

        -- provenance
        string_agg(distinct basis, '; ' order by basis) as basis,
        count(distinct publication_sha256)::integer as publications_count,
        {{ newest_provenance() }}
    from parks
    group by park_code
)

select * from merged
