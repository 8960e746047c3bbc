-- The figures that metrics of programmes, parks and cohorts are made from: meant for readers, numbers, of a window.
with observations as (
    select * from {{ ref('fct_observations') }}
    where
        is_for_readers
        and vintage_rank = 1
        and value is not null
        and value_upper is null
        and period_end is not null
),

qualifiers as (
    select * from {{ ref('value_qualifiers') }}
),

described as (
    select
        observations.*,
        qualifiers.is_bound
    from observations
    inner join qualifiers
        on observations.value_qualifier = qualifiers.value_qualifier
)

-- Every column of the fact, with what its qualifier says: a list would be the same columns written twice (AM04).
select * from described  -- noqa: AM04
