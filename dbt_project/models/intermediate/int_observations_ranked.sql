-- Every figure of the newest accepted load of each edition, with its rank among all published values of the same
-- subject, indicator, period and accumulation. Rank 1 is what a reader is shown when no vintage is asked for.
--
-- Order (domain §2.3): a figure meant for readers; one that has a value; one not flagged as unreliable; the estimate
-- round (census revision, final, preliminary …, seeds/estimate_rounds.csv); the kind of source, because news and
-- encyclopedias repeat official figures rounded; the date of publication ("where they differ, this yearbook
-- holds"); the finer printed unit. Table, edition and row only make the order total: the moment of loading is no
-- property of a figure, and ranking by it would let two runs over the same publications end in different marts.
with history as (
    select * from {{ ref('fct_observation_history') }}
    where change_kind is distinct from 'withdrawn'
),

loads as (
    select * from {{ ref('stg_ops__accepted_loads') }}
    where is_latest
),

estimate_rounds as (
    select * from {{ ref('estimate_rounds') }}
),

reliabilities as (
    select * from {{ ref('reliabilities') }}
),

judged as (
    select
        history.*,
        loads.data_as_of,
        loads.has_warnings,
        loads.newer_load_in_quarantine,
        estimate_rounds.precedence as round_precedence,
        estimate_rounds.is_provisional,
        coalesce(reliabilities.precedence, 9) as reliability_precedence,
        estimate_rounds.is_for_readers and history.conf_status = 'F' as is_for_readers,
        history.value is not null or history.obs_text is not null as has_value
    from history
    inner join loads
        on history.load_id = loads.load_id
    inner join estimate_rounds
        on history.estimate_round = estimate_rounds.estimate_round
    left join reliabilities
        on loads.reliability = reliabilities.reliability
),

ranked as (
    select
        *,
        row_number() over (
            same_figure
            order by
                is_for_readers desc,
                has_value desc,
                (obs_status = 'U') asc,
                round_precedence asc,
                reliability_precedence asc,
                published_on desc nulls last,
                unit_mult - coalesce(decimals, 0) asc,
                table_id asc,
                edition asc,
                row_number asc
        )::integer as vintage_rank,
        count(*) filter (where is_for_readers and has_value) over same_figure as vintages_count
    from judged
    window same_figure as (
        partition by {{ figure_columns('judged') | join(', ') }}
    )
)

-- Every column of the history, with its judgement: a list would be the same columns written twice (AM04).
select * from ranked  -- noqa: AM04
