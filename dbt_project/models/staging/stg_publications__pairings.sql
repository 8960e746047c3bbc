with {{ accepted_rows('pairings') }},

accepted as (
    select
        -- keys
        staged.load_id,
        staged.row_number,

        -- programme
        staged.programme_code,
        staged.programme_printed,
        staged.pairing_level,

        -- both sides
        staged.recipient_name,
        staged.recipient_code,
        staged.partner_name,
        staged.partner_code,

        -- attributes
        staged.started,
        staged.basis,
        staged.note,

        -- provenance
        accepted_loads.publisher_id,
        accepted_loads.table_id,
        accepted_loads.edition,
        accepted_loads.publication_sha256,
        staged.locator,
        accepted_loads.published_on,
        accepted_loads.loaded_at,
        accepted_loads.is_latest
    from staged
    inner join accepted_loads
        on staged.load_id = accepted_loads.load_id
)

select * from accepted
