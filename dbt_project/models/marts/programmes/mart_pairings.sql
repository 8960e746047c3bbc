with pairings as (
    select * from {{ ref('fct_pairings') }}
),

programmes as (
    select * from {{ ref('dim_programmes') }}
),

divisions as (
    select * from {{ ref('dim_divisions') }}
    where is_current
),

counted as (
    select
        recipient_name,
        count(distinct programme_code)::integer as recipient_programmes_count
    from pairings
    group by recipient_name
),

described as (
    select
        -- keys
        pairings.pairing_key,
        pairings.programme_code,
        pairings.pairing_level,

        -- recipient
        pairings.recipient_name,
        pairings.recipient_code,
        recipients.name_zh as recipient_division_name_zh,
        coalesce(recipients.is_original_mountain_county, false) as is_original_mountain_county,

        -- partner
        pairings.partner_name,
        pairings.partner_code,
        partners.name_zh as partner_division_name_zh,

        -- description
        programmes.name_zh as programme_name_zh,
        programmes.name_en as programme_name_en,
        pairings.programme_printed,
        programmes.valid_from as programme_valid_from,
        programmes.valid_to as programme_valid_to,
        pairings.started,
        counted.recipient_programmes_count,
        pairings.note,

        -- provenance
        pairings.basis,
        pairings.publications_count
    from pairings
    inner join counted
        on pairings.recipient_name = counted.recipient_name
    left join programmes
        on pairings.programme_code = programmes.programme_code
    left join divisions as recipients
        on pairings.recipient_code = recipients.division_code
    left join divisions as partners
        on pairings.partner_code = partners.division_code
)

select * from described
