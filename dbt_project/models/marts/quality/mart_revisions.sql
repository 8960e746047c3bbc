-- The revision triangle: each figure that was published more than once, one row for each value in the order in which
-- publishers said them. News and encyclopedias repeat figures and revise none; a file read anew from the same bytes is
-- no revision; a recast describes another territory, and a value for assessment is not for readers (domain §2.3).
with history as (
    select * from {{ ref('fct_observation_history') }}
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
        estimate_rounds.precedence as round_precedence,
        loads.has_warnings,
        loads.data_as_of,
        loads.newer_load_in_quarantine,
        {{ observation_receipt('history.observation_key') }} as receipt
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
        lead(history_key) over said_in_order is null as is_latest,
        lag(value) over said_in_order as preceding_value,
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
        same_figure as (
            partition by figure_key
            order by round_precedence desc, published_on asc nulls first, table_id asc, edition asc, load_ordinal asc
            rows between unbounded preceding and unbounded following
        )
),

described as (
    select
        sequenced.*,
        indicators.name_zh as indicator_name_zh,
        indicators.name_en as indicator_name_en,
        sequenced.vintage_number = 1 as is_first_published,
        sequenced.value - sequenced.preceding_value as revision_value,
        trim_scale(round(100 * (sequenced.value / nullif(sequenced.preceding_value, 0) - 1), 4))
            as relative_revision_pct,
        sequenced.value - sequenced.first_value as revision_since_first_value,
        trim_scale(round(100 * (sequenced.value / nullif(sequenced.first_value, 0) - 1), 4))
            as relative_revision_since_first_pct
    from sequenced
    inner join indicators
        on sequenced.indicator_code = indicators.indicator_code
    where sequenced.vintages_count > 1
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
