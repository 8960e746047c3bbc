with pairings as (
    select * from {{ ref('fct_pairings') }}
    where programme_code in ('zone_pairing_first_round', 'open_platform_co_building')
),

programmes as (
    select * from {{ ref('dim_programmes') }}
),

divisions as (
    select * from {{ ref('dim_divisions') }}
    where is_current
),

-- Many to many: a platform has partners in both rounds, a zone has several platforms.
counted as (
    select
        pairings.*,
        (count(*) over recipient)::integer as pairs_of_platform_count,
        (count(*) over partner)::integer as pairs_of_partner_count,
        array_agg({{ register_receipt('fct_pairings', 'register_key') }}) over recipient as platform_keys,
        array_agg({{ register_receipt('fct_pairings', 'register_key') }}) over partner as partner_keys
    from pairings
    window
        recipient as (partition by coalesce(recipient_division_code, recipient_name)),
        partner as (partition by partner_name)
),

described as (
    select
        counted.*,
        programmes.name_zh as programme_name_zh,
        recipients.name_zh as recipient_division_name_zh,
        coalesce(recipients.is_original_mountain_county, false) as is_original_mountain_county,
        false as has_warnings,
        counted.published_on as data_as_of,
        false as newer_load_in_quarantine
    from counted
    left join programmes
        on counted.programme_code = programmes.programme_code
    left join divisions as recipients
        on counted.recipient_division_code = recipients.division_code
),

receipted as (
    select
        {{ contracted_columns('mart_platform_pairs') }},
        {{ receipts([
            {'column': 'pairs_of_platform_count', 'keys': 'platform_keys'},
            {'column': 'pairs_of_partner_count', 'keys': 'partner_keys'},
        ]) }} as receipts
    from described
)

select * from receipted
