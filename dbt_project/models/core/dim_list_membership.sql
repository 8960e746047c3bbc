with division_lists as (
    select * from {{ ref('stg_publications__division_lists') }}
    where is_latest
),

-- Two publications may state one membership: the newer one's dates hold, where it states them.
memberships as (
    select distinct on (list_code, division_code, valid_from)
        -- keys
        {{ surrogate_key(['list_code', 'division_code', 'valid_from']) }} as register_key,
        list_code,
        division_code,
        valid_from,
        valid_to,

        -- description
        division_name as division_name_zh,
        basis,

        -- provenance
        load_id,
        row_number,
        table_id,
        edition,
        publication_sha256,
        locator
    from division_lists
    order by
        list_code asc,
        division_code asc,
        valid_from asc,
        published_on desc nulls last,
        table_id asc,
        edition asc,
        row_number asc
)

select * from memberships
