with pairings as (
    select * from {{ ref('stg_publications__pairings') }}
    where is_latest
),

-- One pairing told by two publications is one pairing; the same two sides in two programmes are two (domain §0, 15).
merged as (
    select
        -- keys
        {{ surrogate_key(['programme_code', 'pairing_level', 'recipient_name', 'partner_name']) }} as pairing_key,
        programme_code,
        pairing_level,
        recipient_name,
        partner_name,

        -- both sides
        {{ latest_known('recipient_code') }} as recipient_code,
        {{ latest_known('partner_code') }} as partner_code,

        -- description
        {{ latest_known('programme_printed') }} as programme_printed,
        {{ latest_known('started') }} as started,
        {{ latest_known('note') }} as note,

        -- provenance
        string_agg(distinct basis, '; ' order by basis) as basis,
        count(distinct publication_sha256)::integer as publications_count
    from pairings
    group by programme_code, pairing_level, recipient_name, partner_name
)

select * from merged
