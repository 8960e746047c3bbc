with gaps as (
    select
        *,
        coalesce(share_of_province_pct, relative_to_province_ratio, gap_to_province_pp) as value,
        case
            when share_of_province_pct is not null then 'PT'
            when relative_to_province_ratio is not null then 'RATIO'
            else 'PP'
        end as gap_unit_measure
    from {{ ref('mart_county_gaps') }}
    where value_qualifier in ('EXACT', 'APPROX')
),

indicators as (
    select * from {{ ref('dim_indicators') }}
),

-- A gap of growth says of itself whether the county gains on the province; its own change does not.
levels as (
    select gaps.*
    from gaps
    inner join indicators
        on gaps.indicator_code = indicators.indicator_code
    where indicators.measure != 'GROWTH'
),

-- The same comparison one year apart, on the same land and in the same estimate round: a step from preliminary to final
-- would show as catching up what is only a revision (V01).
paired as (
    select
        -- keys
        now.division_code,
        now.metric_code,
        now.freq,
        now.time_period,
        now.accum,

        -- description
        now.boundary_version,
        now.division_name_zh,
        now.division_name_en,
        now.prefecture_name,
        now.metric_id,
        now.metric_name_zh,
        now.metric_name_en,
        now.period_end,
        earlier.time_period as previous_time_period,

        -- measures
        now.value,
        earlier.value as previous_value,
        now.value - earlier.value as change_value,
        now.gap_unit_measure as unit_measure,
        case sign(now.value - earlier.value)
            when 1 then 'catching_up'
            when -1 then 'falling_behind'
            else 'unchanged'
        end as direction,

        -- vintages
        now.estimate_round,
        case when 'B' in (now.obs_status, earlier.obs_status) then 'B' else 'E' end as obs_status,
        now.metric_key,
        earlier.metric_key as previous_metric_key,

        -- standing
        now.has_warnings or earlier.has_warnings as has_warnings,
        least(now.data_as_of, earlier.data_as_of) as data_as_of,
        now.newer_load_in_quarantine or earlier.newer_load_in_quarantine as newer_load_in_quarantine
    from levels as now
    inner join levels as earlier
        on
            now.division_code = earlier.division_code
            and now.metric_code = earlier.metric_code
            and now.freq = earlier.freq
            and now.accum = earlier.accum
            and now.estimate_round = earlier.estimate_round
            and now.boundary_version is not distinct from earlier.boundary_version
            and (now.period_end - interval '1 year')::date = earlier.period_end
),

receipted as (
    select
        *,
        {{ receipts([
            {'column': 'value', 'keys': metric_receipt('metric_key')},
            {'column': 'previous_value', 'keys': metric_receipt('previous_metric_key')},
            {'column': 'change_value',
             'keys': "array['metric:' || metric_key, 'metric:' || previous_metric_key]"},
        ]) }} as receipts
    from paired
)

select * from receipted
