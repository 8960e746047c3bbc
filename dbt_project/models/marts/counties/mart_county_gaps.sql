with definitions as (
    select * from {{ ref('gap_definitions') }}
),

figures as (
    select * from {{ ref('fct_observations') }}
    where
        subject_kind = 'division'
        and is_for_readers
        and value is not null
        and value_qualifier in ('EXACT', 'APPROX')
        and counterpart_name is null
        and time_period is not null
),

rounds as (
    select * from {{ ref('estimate_rounds') }}
),

statuses as (
    select * from {{ ref('obs_statuses') }}
),

divisions as (
    select * from {{ ref('dim_divisions') }}
    where is_original_mountain_county and is_current
),

indicators as (
    select * from {{ ref('dim_indicators') }}
),

-- One value per side and estimate round: the first in rank of that round.
values_by_round as (
    select distinct on (
        division_code,
        indicator_code,
        freq,
        time_period,
        accum,
        period_start,
        period_end,
        estimate_round
    ) *
    from figures
    order by
        division_code asc,
        indicator_code asc,
        freq asc,
        time_period asc,
        accum asc,
        period_start asc,
        period_end asc,
        estimate_round asc,
        vintage_rank asc
),

-- V01: both sides are of one period, accumulation and estimate round. A county's preliminary figure is never set
-- against the province's census revision, though each is the best known of its side.
pairs as (
    select
        definitions.gap_code,
        definitions.metric_id,
        definitions.formula,
        definitions.name_zh as gap_name_zh,
        definitions.name_en as gap_name_en,
        county.division_code,
        county.boundary_version,
        county.indicator_code,
        county.freq,
        county.time_period,
        county.accum,
        county.period_end,
        county.unit_measure,
        county.estimate_round,
        county.value as county_value,
        province.value as province_value,
        county.obs_status as county_obs_status,
        province.obs_status as province_obs_status,
        county.vintage_set_id as county_vintage_set_id,
        province.vintage_set_id as province_vintage_set_id,
        county.published_on as county_published_on,
        province.published_on as province_published_on,
        county.table_id || '/' || county.edition as county_publication,
        province.table_id || '/' || province.edition as province_publication,
        county.observation_key as county_observation_key,
        province.observation_key as province_observation_key,
        rounds.precedence as round_precedence
    from definitions
    inner join values_by_round as county
        on definitions.indicator_code = county.indicator_code
    inner join values_by_round as province
        on
            county.indicator_code = province.indicator_code
            and county.freq = province.freq
            and county.time_period = province.time_period
            and county.accum = province.accum
            and county.period_end is not distinct from province.period_end
            and county.estimate_round = province.estimate_round
            and county.unit_measure = province.unit_measure
    inner join rounds
        on county.estimate_round = rounds.estimate_round
    where
        province.division_code = '{{ var("reference_division_code") }}'
        and county.division_code != province.division_code
),

best_common_round as (
    select distinct on (division_code, gap_code, freq, time_period, accum) *
    from pairs
    order by
        division_code asc,
        gap_code asc,
        freq asc,
        time_period asc,
        accum asc,
        round_precedence asc,
        period_end desc
),

described as (
    select
        -- keys
        gaps.division_code,
        gaps.gap_code,
        gaps.freq,
        gaps.time_period,
        gaps.accum,
        gaps.boundary_version,

        -- description
        divisions.name_zh as division_name_zh,
        divisions.name_en as division_name_en,
        divisions.prefecture_name,
        gaps.metric_id,
        gaps.gap_name_zh,
        gaps.gap_name_en,
        gaps.formula,
        gaps.indicator_code,
        indicators.population_basis,
        extract(year from gaps.period_end)::integer as year,

        -- measures
        gaps.county_value,
        gaps.province_value,
        gaps.unit_measure,
        case when gaps.formula = 'share' then gaps.county_value / nullif(gaps.province_value, 0) * 100 end
            as share_of_province_pct,
        case when gaps.formula = 'relative' then gaps.county_value / nullif(gaps.province_value, 0) end
            as relative_to_province_ratio,
        case when gaps.formula = 'difference' then gaps.county_value - gaps.province_value end as gap_to_province_pp,

        -- vintages
        gaps.estimate_round,
        case
            when county_status.precedence <= province_status.precedence then gaps.county_obs_status
            else gaps.province_obs_status
        end as obs_status,
        gaps.county_vintage_set_id,
        gaps.province_vintage_set_id,

        -- provenance
        gaps.county_publication,
        gaps.province_publication,
        gaps.county_published_on,
        gaps.province_published_on,
        gaps.county_observation_key,
        gaps.province_observation_key
    from best_common_round as gaps
    inner join divisions
        on gaps.division_code = divisions.division_code
    inner join indicators
        on gaps.indicator_code = indicators.indicator_code
    inner join statuses as county_status
        on gaps.county_obs_status = county_status.obs_status
    inner join statuses as province_status
        on gaps.province_obs_status = province_status.obs_status
)

select * from described
