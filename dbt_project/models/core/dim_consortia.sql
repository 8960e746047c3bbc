with pairings as (
    select * from {{ ref('fct_pairings') }}
    where programme_code = 'manufacturing_consortium' and pairing_level = 'county'
),

-- How many there are was published; who they are, for eight of them.
published_count as (
    select * from {{ ref('fct_observations') }}
    where
        indicator_code = 'consortia'
        and programme_code = 'manufacturing_consortium'
        and is_for_readers
        and vintage_rank = 1
),

named as (
    select
        *,
        row_number() over (order by recipient_division_code asc, pairing_key asc) as consortium_number
    from pairings
),

numbered as (
    select
        published_count.*,
        slots.consortium_number
    from published_count
    cross join lateral generate_series(1, published_count.value::integer) as slots (consortium_number)
),

described as (
    select
        -- keys
        coalesce(named.pairing_key, {{ surrogate_key(["'unnamed consortium'", 'numbered.consortium_number']) }})
            as register_key,
        numbered.consortium_number::integer as consortium_number,
        coalesce(
            'consortium_' || named.recipient_division_code,
            'unnamed_' || lpad(numbered.consortium_number::text, 2, '0')
        ) as consortium_code,

        -- both sides
        named.pairing_key is not null as is_named,
        named.recipient_name as mountain_county_name_zh,
        named.recipient_division_code as mountain_county_code,
        named.partner_name as industrial_county_name_zh,
        named.partner_division_code as industrial_county_code,
        case when named.pairing_key is null then 'O' else 'A' end as obs_status,
        case
            when named.pairing_key is null
                then 'The pair exists and was not named in any bundled publication · 该对联合体未见点名'
        end as reason,

        -- provenance
        numbered.observation_key as count_observation_key,
        coalesce(named.table_id, numbered.table_id) as table_id,
        coalesce(named.edition, numbered.edition) as edition,
        coalesce(named.publication_sha256, numbered.publication_sha256) as publication_sha256,
        coalesce(named.locator, numbered.locator) as locator,
        numbered.published_on
    from numbered
    left join named
        on numbered.consortium_number = named.consortium_number
)

select * from described
