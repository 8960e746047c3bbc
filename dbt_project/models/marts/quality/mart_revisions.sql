-- The revision triangle: each figure that was published more than once or withdrawn, one row for each value in the
-- order in which publishers said them. News and encyclopedias repeat figures and revise none; a file read anew from
-- the same bytes is no revision; a recast describes another territory, and a value for assessment is not for readers
-- (domain §2.3).
with every_state as (
    select * from {{ ref('fct_observation_history') }}
),

-- What became of each value in later loads of its edition; a value printed again unchanged is the same value.
followed as (
    select
        *,
        lead(change_kind) over (
            partition by observation_key, change_kind = 'confirmed'
            order by load_ordinal
        ) as next_change_kind
    from every_state
),

history as (
    select * from followed
    where
        change_kind in ('new', 'revised')
        and conf_status = 'F'
        and value is not null
        and value_qualifier = 'EXACT'
        and estimate_round != 'RECAST'
),

loads as (
    select * from {{ ref('stg_ops__accepted_loads') }}
),

estimate_rounds as (
    select * from {{ ref('estimate_rounds') }}
    where is_for_readers
),

official as (
    select * from {{ ref('reliabilities') }}
    where precedence = 1
),

indicators as (
    select * from {{ ref('dim_indicators') }}
),

-- Of the loads of one edition from the same bytes, the last reading.
said as (
    select distinct on (history.observation_key, history.publication_sha256)
        history.*,
        -- Half a unit in the last printed place: what rounding alone can make of the number.
        0.5 * 10::numeric ^ (history.unit_mult - coalesce(history.decimals, 0)) as half_a_step,
        estimate_rounds.precedence as round_precedence,
        loads.has_warnings,
        loads.data_as_of,
        loads.newer_load_in_quarantine,
        coalesce(history.next_change_kind = 'withdrawn', false) as is_withdrawn,
        -- The key of the figure leads to what its edition says now; a value that it said before is cited as such.
        case
            when history.next_change_kind is null then {{ observation_receipt('history.observation_key') }}
            else {{ history_receipt('history.history_key') }}
        end as receipt
    from history
    inner join loads
        on history.load_id = loads.load_id
    inner join official
        on loads.reliability = official.reliability
    inner join estimate_rounds
        on history.estimate_round = estimate_rounds.estimate_round
    order by history.observation_key asc, history.publication_sha256 asc, history.load_ordinal desc
),

sequenced as (
    select
        *,
        (row_number() over said_in_order)::integer as vintage_number,
        not is_withdrawn
        and coalesce(bool_and(is_withdrawn) over (said_in_order rows between 1 following and unbounded following), true)
            as is_latest,
        count(*) filter (where is_withdrawn) over same_figure > 0 as has_withdrawn,
        lag(value) over said_in_order as preceding_value,
        greatest(half_a_step, lag(half_a_step) over said_in_order) as rounding,
        lag(receipt) over said_in_order as preceding_receipt,
        first_value(value) over said_in_order as first_value,
        first_value(receipt) over said_in_order as first_receipt,
        (count(*) over same_figure)::integer as vintages_count,
        array_agg(receipt) over same_figure as vintages_receipts
    from said
    window
        said_in_order as (
            partition by figure_key
            order by round_precedence desc, published_on asc nulls first, table_id asc, edition asc, load_ordinal asc
        ),
        same_figure as (said_in_order rows between unbounded preceding and unbounded following)
),

described as (
    select
        sequenced.*,
        indicators.name_zh as indicator_name_zh,
        indicators.name_en as indicator_name_en,
        sequenced.vintage_number = 1 as is_first_published,
        case
            when sequenced.vintage_number = 1 then 'new'
            when abs(sequenced.value - sequenced.preceding_value) <= sequenced.rounding then 'confirmed'
            else 'revised'
        end as published_change_kind,
        sequenced.value - sequenced.preceding_value as revision_value,
        trim_scale(round(100 * (sequenced.value / nullif(sequenced.preceding_value, 0) - 1), 4))
            as relative_revision_pct,
        sequenced.value - sequenced.first_value as revision_since_first_value,
        trim_scale(round(100 * (sequenced.value / nullif(sequenced.first_value, 0) - 1), 4))
            as relative_revision_since_first_pct
    from sequenced
    inner join indicators
        on sequenced.indicator_code = indicators.indicator_code
    where sequenced.vintages_count > 1 or sequenced.has_withdrawn
),

receipted as (
    select
        {{ contracted_columns('mart_revisions') }},
        {{ receipts([
            {'column': 'vintages_count', 'keys': 'vintages_receipts'},
            {'column': 'value', 'keys': 'receipt'},
            {'column': 'revision_value', 'keys': 'array[receipt, preceding_receipt]'},
            {'column': 'relative_revision_pct', 'keys': 'array[receipt, preceding_receipt]'},
            {'column': 'revision_since_first_value', 'keys': 'array[receipt, first_receipt]'},
            {'column': 'relative_revision_since_first_pct', 'keys': 'array[receipt, first_receipt]'},
        ]) }} as receipts
    from described
)

select * from receipted
