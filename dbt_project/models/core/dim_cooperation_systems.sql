with systems as (
    select * from {{ ref('cooperation_systems') }}
),

publications as (
    select * from {{ ref('dim_publications') }}
),

described as (
    select
        -- keys
        {{ surrogate_key(['systems.system_code']) }} as register_key,
        systems.system_code,

        -- description
        systems.name_zh,
        systems.name_en,
        systems.system_kind,
        systems.programme_code,
        systems.indicator_codes,
        systems.reason,

        -- provenance
        {{ quoted_provenance('systems') }}
    from systems
    {{ quoted_publication('systems') }}
)

select * from described
