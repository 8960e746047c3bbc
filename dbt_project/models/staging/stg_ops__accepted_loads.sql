{#- A table, not a view: every model of one build must see the same accepted loads, whatever is accepted meanwhile. -#}
{{ config(materialized='table') }}

with loads as (
    select * from {{ source('ops', 'loads') }}
    -- What prints no date was not published before the period that it reports had ended.
    where {{ was_published('coalesce(published_on, period_end)') }} and {{ was_known('loaded_at') }}
),

verdicts as (
    select * from {{ source('ops', 'verdicts') }}
    where {{ was_known('decided_at') }}
),

decisions as (
    select * from {{ source('ops', 'decisions') }}
    where {{ was_known('decided_at') }}
),

refusals as (
    select * from {{ source('ops', 'refusals') }}
    where {{ was_known('refused_at') }}
),

publications as (
    select * from {{ source('ops', 'publications') }}
),

-- The last verdict counts; the first that accepted says since when the load has been known.
judged as (
    select
        load_id,
        (array_agg(is_accepted order by verdict_id desc))[1] as is_accepted,
        (array_agg(coalesce(warnings_count, 0) + coalesce(waivers_count, 0) order by verdict_id desc))[1] > 0
            as has_warnings,
        min(decided_at) filter (where is_accepted) as accepted_at
    from verdicts
    group by load_id
),

decided as (
    select
        load_id,
        (array_agg(action order by decision_id desc))[1] as last_action
    from decisions
    group by load_id
),

accepted as (
    select
        loads.*,
        judged.accepted_at,
        judged.has_warnings,
        row_number() over (
            partition by loads.table_id, loads.edition
            order by coalesce(loads.issue, 1) desc, loads.loaded_at desc, loads.load_id desc
        ) = 1 as is_latest
    from loads
    inner join judged
        on loads.load_id = judged.load_id
    where judged.is_accepted
),

-- What came for a table and neither got in, nor was sent away by a person, nor was followed by something that got in.
in_quarantine as (
    select distinct loads.table_id
    from loads
    left join judged
        on loads.load_id = judged.load_id
    left join decided
        on loads.load_id = decided.load_id
    where
        not coalesce(judged.is_accepted, false)
        and decided.last_action is distinct from 'reject'
        and not exists (
            select 1
            from accepted
            where
                accepted.table_id = loads.table_id
                and accepted.edition = loads.edition
                and (coalesce(accepted.issue, 1), accepted.load_id) > (coalesce(loads.issue, 1), loads.load_id)
        )
    union distinct
    select refusals.table_id
    from refusals
    where not exists (
        select 1
        from loads
        where
            loads.table_id = refusals.table_id
            and loads.edition = refusals.edition
            and loads.loaded_at > refusals.refused_at
    )
),

described as (
    select
        -- keys
        accepted.load_id,
        accepted.publisher_id,
        accepted.table_id,
        accepted.edition,
        accepted.relation,

        -- publication
        accepted.publication_sha256,
        publications.file_name,
        publications.carrier,
        publications.origin ->> 'title' as title,
        publications.origin ->> 'publisher' as publisher_printed,
        publications.origin ->> 'address' as address,
        publications.origin ->> 'licence' as licence,
        publications.origin ->> 'reliability' as reliability,

        -- clocks
        accepted.published_on,
        accepted.loaded_at,
        accepted.accepted_at,
        accepted.is_latest,

        -- standing
        accepted.has_warnings,
        max(accepted.published_on) filter (where accepted.is_latest) over (
            partition by accepted.table_id
        ) as data_as_of,
        in_quarantine.table_id is not null as newer_load_in_quarantine
    from accepted
    inner join publications
        on accepted.publication_sha256 = publications.publication_sha256
    left join in_quarantine
        on accepted.table_id = in_quarantine.table_id
)

select * from described
