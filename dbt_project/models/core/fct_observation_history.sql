{#- Rows are added and never written again: what a row says depends on its load and the load before it. Only when a
    verdict is taken back, or given again, the editions whose loads then count otherwise are told anew. -#}
{{ config(materialized='incremental', incremental_strategy='append', on_schema_change='fail', pre_hook="
    {%- if is_incremental() %}{{ forget_editions_counted_otherwise(this, ref('int_observation_loads')) }}{% endif %}"
) }}

with keyed as (
    select * from {{ ref('int_observations_keyed') }}
),

new_loads as (
    select * from {{ ref('int_observation_loads') }}
    {%- if is_incremental() %}
    where load_id not in (select known.load_id from {{ this }} as known)
    {%- endif %}
),

-- Each value of an edition that came anew, beside what the load before said of the same figure, if that load had it,
-- and whether the next load has it.
neighbours as (
    select
        *,
        coalesce(lag(load_ordinal) over same_observation = load_ordinal - 1, false) as was_there,
        coalesce(lag({{ said_value() }}) over same_observation is not distinct from {{ said_value() }}, false)
            as is_same,
        next_load_id is not null and not coalesce(lead(load_ordinal) over same_observation = load_ordinal + 1, false)
            as is_gone_next
    from keyed
    where
        exists (
            select 1
            from new_loads
            where new_loads.table_id = keyed.table_id and new_loads.edition = keyed.edition
        )
    window same_observation as (partition by observation_key order by load_ordinal)
),

-- A value that the next load of its edition no longer holds has a row of that load, without place or number.
events as (
    select
        *,
        load_id as event_load_id,
        false as is_withdrawn,
        case when not was_there then 'new' when is_same then 'confirmed' else 'revised' end as change_kind
    from neighbours
    union all
    select
        *,
        next_load_id as event_load_id,
        true as is_withdrawn,
        'withdrawn' as change_kind
    from neighbours
    where is_gone_next
),

described as (
    select
        -- keys
        {{ surrogate_key(['events.observation_key', 'loads.load_ordinal']) }} as history_key,
        events.figure_key,
        events.observation_key,
        loads.load_ordinal,
        loads.load_id,
        case when not events.is_withdrawn then events.row_number end as row_number,

        -- change
        events.change_kind,

        -- whose figure
        events.subject_kind,
        events.subject_name,
        events.division_code,
        events.counterpart_name,

        -- which figure
        events.indicator_code,
        events.freq,
        events.time_period,
        events.accum,
        events.period_start,
        events.period_end,

        -- the figure, empty where it was withdrawn
        {%- for column in [
            'printed', 'obs_value', 'obs_value_upper', 'obs_text', 'value', 'value_upper', 'comment', 'locator'
        ] %}
        case when not events.is_withdrawn then events.{{ column }} end as {{ column }},
        {%- endfor %}
        events.unit_printed,
        events.unit_measure,
        events.unit_mult::integer as unit_mult,
        events.decimals::integer as decimals,
        events.value_qualifier,

        -- its attributes
        case when events.is_withdrawn then 'O' else events.obs_status end as obs_status,
        events.conf_status,
        events.estimate_round,
        events.vintage_set_id,

        -- clocks
        case when events.is_withdrawn then loads.published_on else events.published_on end as published_on,
        loads.loaded_at,
        loads.accepted_at,

        -- provenance
        loads.publisher_id,
        loads.table_id,
        loads.edition,
        loads.publication_sha256
    from events
    inner join new_loads as loads
        on events.event_load_id = loads.load_id
)

select * from described
