{#- Analysed at once: what reads it joins it with itself, and Postgres would guess a row or two. -#}
{{ config(post_hook='analyze {{ this }}') }}

-- Every figure of every accepted load, with the keys that follow it through loads and publications, and the place of
-- its load among those of its edition.
with observations as (
    select * from {{ ref('stg_publications__observations') }}
),

loads as (
    select * from {{ ref('int_observation_loads') }}
),

keyed as (
    select
        observations.*,
        loads.accepted_at,
        loads.load_ordinal,
        loads.next_load_id,
        {{ figure_key('observations') }} as figure_key,
        {{ observation_key('observations') }} as observation_key
    from observations
    inner join loads
        on observations.load_id = loads.load_id
)

-- Every column of the staging model, with its keys: a list would be the same columns written twice (AM04).
select * from keyed  -- noqa: AM04
