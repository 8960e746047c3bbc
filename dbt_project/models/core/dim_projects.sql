with projects as (
    select * from {{ ref('stg_publications__projects') }}
    where is_latest
),

-- Several publications tell of one project; each attribute is taken from the newest that states it.
merged as (
    select
        -- keys
        {{ surrogate_key(['project_code']) }} as register_key,
        project_code,

        -- description
        {{ latest_known('name_zh') }} as name_zh,
        {{ latest_known('investor_name') }} as investor_name,
        {{ latest_known('origin_name') }} as origin_name,

        -- place and programme
        {{ latest_known('division_name') }} as division_name,
        {{ latest_known('division_code') }} as division_code,
        {{ latest_known('park_code') }} as park_code,
        {{ latest_known('programme_code') }} as programme_code,

        -- state
        {{ latest_known('project_state') }} as project_state,
        {{ latest_known('state_as_of') }} as state_as_of,
        {{ latest_known('note') }} as note,

        -- provenance
        string_agg(distinct basis, '; ' order by basis) as basis,
        count(distinct publication_sha256)::integer as publications_count,
        {{ newest_provenance() }}
    from projects
    group by project_code
)

select * from merged
