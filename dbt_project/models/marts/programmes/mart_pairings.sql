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
        count(distinct programme_code)::integer as recipient_programmes_count,
        {{ receipts_of_group(register_receipt('fct_pairings', 'register_key')) }} as pairing_keys
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
        counted.pairing_keys,
        pairings.valid_from,
        pairings.valid_to,
        pairings.note,

        -- provenance
        pairings.basis,
        pairings.publications_count,
        pairings.table_id,
        pairings.edition,
        pairings.publication_sha256,
        pairings.locator,
        false as has_warnings,
        pairings.published_on as data_as_of,
        false as newer_load_in_quarantine
    from pairings
    inner join counted
        on pairings.recipient_name = counted.recipient_name
    left join programmes
        on pairings.programme_code = programmes.programme_code
    left join divisions as recipients
        on pairings.recipient_code = recipients.division_code
    left join divisions as partners
        on pairings.partner_code = partners.division_code
),

receipted as (
    select
        {{ contracted_columns('mart_pairings') }},
        {{ receipts([
            {'column': 'recipient_programmes_count', 'keys': 'pairing_keys'},
        ]) }} as receipts
    from described
)

select * from receipted
