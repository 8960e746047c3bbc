{#- Only the figures that a new load touches are computed again: those of its edition, with all their vintages. Every
    column is worked out inside one figure or one edition, so a full refresh gives the same rows. A figure goes only
    when no load that had it is accepted any more. -#}
{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key='figure_key',
    on_schema_change='fail', post_hook="delete from {{ this }} where figure_key not in (
        select keyed.figure_key from {{ ref('int_observations_keyed') }} as keyed)") }}

with keyed as (
    select * from {{ ref('int_observations_keyed') }}
),

loads as (
    select * from {{ ref('stg_ops__accepted_loads') }}
    where relation = 'observations'
),

estimate_rounds as (
    select * from {{ ref('estimate_rounds') }}
),

{% if is_incremental() -%}
changed_editions as (
    select
        loads.table_id,
        loads.edition
    from loads
    where loads.load_id not in (select known.load_id from {{ this }} as known)
    union distinct
    select
        known.table_id,
        known.edition
    from {{ this }} as known
    where known.load_id not in (select loads.load_id from loads)
),

{% endif -%}
printed as (
    select keyed.* from keyed
    {%- if is_incremental() %}
    where
        keyed.figure_key in (
            select touched.figure_key
            from keyed as touched
            inner join changed_editions
                on touched.table_id = changed_editions.table_id and touched.edition = changed_editions.edition
            union distinct
            select known.figure_key
            from {{ this }} as known
            inner join changed_editions
                on known.table_id = changed_editions.table_id and known.edition = changed_editions.edition
        )
    {%- endif %}
),

-- Each value beside what the load before said of the same figure of the same edition, if that load had it, and whether
-- the next load has it.
neighbours as (
    select
        *,
        coalesce(lag(load_ordinal) over same_observation = load_ordinal - 1, false) as was_there,
        coalesce(lag({{ said_value() }}) over same_observation is not distinct from {{ said_value() }}, false)
            as is_same,
        next_load_id is not null and not coalesce(lead(load_ordinal) over same_observation = load_ordinal + 1, false)
            as is_gone_next
    from printed
    window same_observation as (partition by observation_key order by load_ordinal)
),

-- A value that the next load of its edition no longer holds has a row of that load, without place or number.
events as (
    select
        *,
        load_id as event_load_id,
        load_ordinal as event_ordinal,
        false as is_withdrawn,
        case when not was_there then 'new' when is_same then 'confirmed' else 'revised' end as change_kind
    from neighbours
    union all
    select
        *,
        next_load_id as event_load_id,
        load_ordinal + 1 as event_ordinal,
        true as is_withdrawn,
        'withdrawn' as change_kind
    from neighbours
    where is_gone_next
),

-- What each publication said last, in the order in which publishers said it. Values for assessment only are not part
-- of it, nor what is no plain number; a publication without a value has not confirmed the one before.
published as (
    select
        printed.observation_key,
        lag(printed.observation_key) over (same_figure) as published_before_key,
        lag(printed.value) over (same_figure) as published_before_value,
        printed.value - lag(printed.value) over (same_figure) as difference,
        greatest(printed.half_a_step, lag(printed.half_a_step) over (same_figure)) as rounding
    from printed
    inner join estimate_rounds
        on
            printed.estimate_round = estimate_rounds.estimate_round
            and estimate_rounds.is_for_readers
    where
        printed.next_load_id is null
        and printed.conf_status = 'F'
        and printed.value_qualifier = 'EXACT'
        and printed.value is not null
    window same_figure as (
        partition by printed.figure_key
        order by
            estimate_rounds.precedence desc,
            printed.published_on asc nulls first,
            printed.table_id asc,
            printed.edition asc,
            printed.row_number asc
    )
),

described as (
    select
        -- keys
        {{ surrogate_key(['events.observation_key', 'events.event_ordinal']) }} as history_key,
        events.figure_key,
        events.observation_key,
        events.event_ordinal as load_ordinal,
        events.event_load_id as load_id,
        case when not events.is_withdrawn then events.row_number end as row_number,

        -- change
        events.change_kind,
        published.published_before_key,
        published.published_before_value,
        case
            when events.is_withdrawn then 'withdrawn'
            when published.observation_key is null then null
            when published.published_before_key is null then 'new'
            when abs(published.difference) <= published.rounding then 'confirmed'
            else 'revised'
        end as published_change_kind,

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
        events.publisher_id,
        events.table_id,
        events.edition,
        loads.publication_sha256
    from events
    inner join loads
        on events.event_load_id = loads.load_id
    left join published
        on
            events.observation_key = published.observation_key
            and not events.is_withdrawn
)

select * from described
