{#- Analysed at once: what reads it joins it with itself, and Postgres would guess a row or two. -#}
{{ config(post_hook='analyze {{ this }}') }}

-- Every figure of every load that was ever accepted, with the keys that follow it through loads and publications, and
-- the place of its load among those of its edition.
with observations as (
    select * from {{ ref('stg_publications__observations') }}
),

loads as (
    select * from {{ ref('stg_ops__accepted_loads') }}
    where relation = 'observations'
),

ordered_loads as (
    select
        load_id,
        accepted_at,
        row_number() over (same_edition)::integer as load_ordinal,
        lead(load_id) over (same_edition) as next_load_id
    from loads
    window same_edition as (partition by table_id, edition order by accepted_at, load_id)
),

keyed as (
    select
        observations.*,
        ordered_loads.accepted_at,
        ordered_loads.load_ordinal,
        ordered_loads.next_load_id,
        {{ figure_key('observations') }} as figure_key,
        {{ observation_key('observations') }} as observation_key,
        -- Half a unit in the last printed place: what rounding alone can make of the number.
        trim_scale(0.5 * 10::numeric ^ (observations.unit_mult - coalesce(observations.decimals, 0))) as half_a_step
    from observations
    inner join ordered_loads
        on observations.load_id = ordered_loads.load_id
)

-- Every column of the staging model, with its keys: a list would be the same columns written twice (AM04).
select * from keyed  -- noqa: AM04
