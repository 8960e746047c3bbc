with pairings as (
    select * from {{ ref('stg_publications__pairings') }}
    where is_latest
),

parks as (
    select * from {{ ref('dim_parks') }}
),

programmes as (
    select * from {{ ref('dim_programmes') }}
),

corrections as (
    select * from {{ ref('corrections') }}
    where
        relation = 'pairings'
        and column_name = 'recipient_park_code'
        and action = 'set'
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
        count(distinct publication_sha256)::integer as publications_count,
        {{ newest_provenance() }}
    from pairings
    group by programme_code, pairing_level, recipient_name, partner_name
),

-- The zones behind the names; a correction speaks only where the register itself does not.
described as (
    select
        merged.pairing_key as register_key,
        merged.*,
        coalesce(recipient_parks.park_code, corrections.new_value) as recipient_park_code,
        partner_parks.park_code as partner_park_code,
        coalesce(merged.recipient_code, recipient_parks.host_code, corrected_parks.host_code)
            as recipient_division_code,
        coalesce(merged.partner_code, partner_parks.host_code) as partner_division_code,
        case when recipient_parks.park_code is null then corrections.correction_id end as correction_id,
        case length(merged.started)
            when 4 then to_date(merged.started, 'YYYY')
            when 7 then to_date(merged.started, 'YYYY-MM')
            when 10 then to_date(merged.started, 'YYYY-MM-DD')
        end as valid_from,
        programmes.valid_to
    from merged
    left join programmes
        on merged.programme_code = programmes.programme_code
    left join parks as recipient_parks
        on merged.recipient_name = recipient_parks.name_zh
    left join parks as partner_parks
        on merged.partner_name = partner_parks.name_zh
    left join corrections
        on concat_ws('|', merged.programme_code, merged.recipient_name, merged.partner_name) = corrections.row_key
    left join parks as corrected_parks
        on corrections.new_value = corrected_parks.park_code
)

select * from described
