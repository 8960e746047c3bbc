{#- Only rows that differ from those of the last release are written: of figures that a new load brings or ranks anew,
    and of figures whose division, park or project a register now knows otherwise. -#}
{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key='observation_key',
    on_schema_change='fail', post_hook="delete from {{ this }} where observation_key not in (
        select identified.observation_key from {{ ref('int_observations_identified') }} as identified)") }}

with identified as (
    select * from {{ ref('int_observations_identified') }}
),

breaks as (
    select * from {{ ref('int_series_breaks') }}
),

-- One status of several that apply is the first by its precedence; what it hides stays in the flags.
flagged as (
    select
        identified.*,
        {{ window_code('identified.accum', 'identified.freq', 'identified.time_period', 'identified.period_start') }}
            as window_code,
        breaks.figure_key is not null as is_break,
        identified.printed_status in ('E', 'I') as is_estimated,
        case when breaks.figure_key is not null then 'B' else identified.printed_status end as obs_status,
        breaks.obs_pre_break,
        breaks.pre_break_time_period,
        breaks.pre_break_key,
        breaks.break_reason
    from identified
    left join breaks
        on
            identified.figure_key = breaks.figure_key
            and identified.value is not null
),

contracted as (
    select {{ contracted_columns('fct_observations') }}
    from flagged
)

select * from contracted
{%- if is_incremental() %}
except
-- The same columns: the contract of both is one.
select * from {{ this }}  -- noqa: AM04
{%- endif %}
