with observations as (
    select * from {{ ref('fct_observations') }}
    where
        subject_kind in ('country', 'division', 'division_group')
        and vintage_rank = 1
        and is_for_readers
),

divisions as (
    select * from {{ ref('dim_divisions') }}
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
        observations.subject_kind,
        observations.subject_name,
        observations.division_code,
        observations.boundary_version,
        observations.list_code,
        observations.counterpart_name,
        observations.indicator_code,
        observations.freq,
        observations.time_period,
        observations.accum,
        observations.period_start,
        observations.period_end,

        -- description
        divisions.name_zh as division_name_zh,
        divisions.division_level,
        divisions.prefecture_name,
        coalesce(divisions.is_original_mountain_county, false) as is_original_mountain_county,
        indicators.name_zh as indicator_name_zh,
        indicators.name_en as indicator_name_en,
        indicators.growth_basis,
        indicators.coverage,
        indicators.population_basis,
        indicators.is_additive,

        -- measures
        observations.value,
        observations.value_upper,
        observations.unit_measure,
        observations.value_qualifier,
        qualifiers.sign as value_sign,
        observations.obs_text,
        observations.obs_status,
        observations.is_break,
        observations.is_provisional,
        observations.is_estimated,
        observations.obs_pre_break,
        observations.pre_break_time_period,
        observations.pre_break_key,
        observations.break_reason,
        observations.estimate_round,
        observations.vintage_set_id,
        observations.vintages_count,
        observations.comment,

        -- provenance
        observations.printed,
        observations.unit_printed,
        observations.published_on,
        observations.table_id,
        observations.edition,
        observations.publication_sha256,
        observations.locator,

        -- standing
        observations.has_warnings,
        observations.data_as_of,
        observations.newer_load_in_quarantine
    from observations
    inner join indicators
        on observations.indicator_code = indicators.indicator_code
    inner join qualifiers
        on observations.value_qualifier = qualifiers.value_qualifier
    left join divisions
        on observations.division_key = divisions.division_key
),

receipted as (
    select
        {{ contracted_columns('mart_division_figures') }},
        {{ receipts([
            {'column': 'value', 'keys': observation_receipt('observation_key')},
            {'column': 'value_upper', 'keys': observation_receipt('observation_key')},
            {'column': 'obs_pre_break', 'keys': observation_receipt('pre_break_key')},
        ]) }} as receipts
    from described
)

select * from receipted
