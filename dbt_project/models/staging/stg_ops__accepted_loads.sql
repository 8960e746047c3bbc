{#- A table, not a view: every model of one build must see the same accepted loads, whatever is accepted meanwhile. -#}
{{ config(materialized='table') }}

with loads as (
    select * from {{ source('ops', 'loads') }}
    where {{ was_published('published_on') }}
),

verdicts as (
    select * from {{ source('ops', 'verdicts') }}
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
        (array_agg(results order by verdict_id desc))[1] as results,
        min(decided_at) filter (where is_accepted) as accepted_at
    from verdicts
    group by load_id
),

accepted as (
    select
        loads.*,
        judged.accepted_at,
        -- An expectation that did not hold and did not block, or that was waived.
        jsonb_path_exists(judged.results, '$[*] ? (@.success == false && @.severity != "info")') as has_warnings,
        row_number() over (
            partition by loads.table_id, loads.edition
            order by loads.loaded_at desc, loads.load_id desc
        ) = 1 as is_latest
    from loads
    inner join judged
        on loads.load_id = judged.load_id
    where judged.is_accepted
),

-- What came for an edition and did not get in: judged and rejected, or not even readable.
kept_out as (
    select
        loads.table_id,
        loads.edition,
        loads.loaded_at as came_at
    from loads
    inner join judged
        on loads.load_id = judged.load_id
    where not judged.is_accepted
    union all
    select
        table_id,
        edition,
        refused_at as came_at
    from refusals
),

in_quarantine as (
    select distinct kept_out.table_id
    from kept_out
    left join accepted
        on
            kept_out.table_id = accepted.table_id
            and kept_out.edition = accepted.edition
            and kept_out.came_at <= accepted.loaded_at
    where accepted.load_id is null
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
