-- The loads a build reads, which it works out itself so that it can do so as of any day, are the ledger's accepted
-- loads. What is accepted while the build runs is no difference.
with built as (
    select * from {{ ref('stg_ops__accepted_loads') }}
),

ledger as (
    select * from {{ source('ops', 'accepted_loads') }}
),

verdicts as (
    select * from {{ source('ops', 'verdicts') }}
),

decided_later as (
    select load_id
    from verdicts
    where decided_at > (select max(built.accepted_at) from built)
)

select
    built.load_id as built_load_id,
    ledger.load_id as ledger_load_id
from built
full outer join ledger
    on built.load_id = ledger.load_id
where
    '{{ var('as_of') or '' }}' = ''
    and coalesce(built.load_id, ledger.load_id) not in (select decided_later.load_id from decided_later)
    and (
        built.load_id is null
        or ledger.load_id is null
        or (built.is_latest != ledger.is_latest and not exists (select 1 from decided_later))
    )
