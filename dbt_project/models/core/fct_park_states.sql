with changes as (
    select * from {{ ref('park_state_changes') }}
),

publications as (
    select * from {{ ref('dim_publications') }}
),

-- A state lasts until the next one begins; the last is open.
described as (
    select
        -- keys
        {{ surrogate_key(['changes.park_code', 'changes.lifecycle_state']) }} as register_key,
        changes.park_code,
        changes.lifecycle_state,

        -- validity
        changes.valid_from,
        lead(changes.valid_from) over (
            partition by changes.park_code
            order by changes.valid_from
        ) as valid_to,
        changes.date_precision,
        changes.note,

        -- provenance
        {{ quoted_provenance('changes') }}
    from changes
    {{ quoted_publication('changes') }}
)

select * from described
