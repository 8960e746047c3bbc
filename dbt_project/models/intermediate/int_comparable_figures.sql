-- The figures that metrics are made from: meant for readers, a number, of a named period, of one side alone. Each
-- vintage set gives one value (`rank_in_set` 1), each estimate round gives one (`rank_in_round` 1); ranks across
-- rounds are of no use to a comparison.
with observations as (
    select * from {{ ref('fct_observations') }}
    where
        is_for_readers
        and value is not null
        and value_upper is null
        and time_period is not null
        and counterpart_name is null
),

indicators as (
    select * from {{ ref('dim_indicators') }}
),

qualifiers as (
    select * from {{ ref('value_qualifiers') }}
),

described as (
    select
        -- keys
        observations.observation_key,
        {{ metric_subject('observations') }},
        observations.indicator_code,
        observations.subject_kind
        || ':'
        || coalesce(observations.division_code, observations.subject_name) as subject_key,

        -- the figure
        observations.value,
        observations.unit_measure,
        observations.value_qualifier,
        qualifiers.is_bound,
        observations.obs_status,
        observations.estimate_round,
        observations.vintage_set_id,
        observations.vintage_rank,
        observations.definition_version,
        observations.comment,
        observations.has_warnings,
        observations.data_as_of,
        observations.newer_load_in_quarantine,

        -- what its indicator is
        indicators.coverage,
        indicators.population_basis,
        indicators.is_additive,
        indicators.measure,
        -- Growth of these is measured on another scope than their levels have (G01).
        indicators.coverage in ('ABOVE_SCALE', 'ABOVE_LIMIT')
        or indicators.indicator_code in ('fixed_asset_investment', 'manufacturing_investment') as is_growth_protected
    from observations
    inner join indicators
        on observations.indicator_code = indicators.indicator_code
    inner join qualifiers
        on observations.value_qualifier = qualifiers.value_qualifier
),

ranked as (
    select
        *,
        row_number() over (same_period_and_round order by vintage_rank asc, observation_key asc) as rank_in_round,
        row_number() over (same_period_and_set order by vintage_rank asc, observation_key asc) as rank_in_set
    from described
    window
        same_period_and_round as (
            partition by
                subject_key, indicator_code, freq, time_period, accum, period_start, period_end, estimate_round
        ),
        same_period_and_set as (
            partition by
                subject_key, indicator_code, freq, time_period, accum, period_start, period_end, vintage_set_id
        )
)

select * from ranked
