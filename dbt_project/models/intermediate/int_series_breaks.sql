-- Breaks in series (OBS_STATUS B): the first figure on other land or by another definition than the figure before, with
-- the last value before the break (OBS_PRE_BREAK). Where nothing was published before, the year in which land or
-- definition changed tells. A series is what readers are shown of one subject, indicator, frequency and accumulation.
-- Growth is not in it: its publisher compares like with like.
with shown as (
    select * from {{ ref('int_observations_identified') }}
    where
        is_for_readers
        and vintage_rank = 1
        and value is not null
        and time_period is not null
        and accum != 'CUM'
        and measure in ('LEVEL', 'SHARE', 'RATIO')
        and printed_status != 'F'
        and estimate_round != 'RECAST'
),

neighbours as (
    select
        figure_key,
        extract(year from period_end) as period_year,
        boundary_version,
        definition_version,
        land_since_year,
        definition_since_year,
        land_change,
        definition_change,
        lag(observation_key) over same_series as before_key,
        lag(value) over same_series as before_value,
        lag(time_period) over same_series as before_time_period,
        lag(boundary_version) over same_series as before_boundary_version,
        lag(definition_version) over same_series as before_definition_version
    from shown
    window
        same_series as (
            partition by
                subject_kind, coalesce(division_code, subject_name), counterpart_name, indicator_code, freq, accum
            order by period_end asc, time_period asc, figure_key asc
        )
),

judged as (
    select
        *,
        case
            when before_key is null then coalesce(period_year = land_since_year, false)
            else (boundary_version is distinct from before_boundary_version)
        end as is_on_other_land,
        case
            when before_key is null then coalesce(period_year = definition_since_year, false)
            else definition_version != before_definition_version
        end as is_defined_otherwise
    from neighbours
),

described as (
    select
        figure_key,
        before_value as obs_pre_break,
        before_time_period as pre_break_time_period,
        before_key as pre_break_key,
        nullif(
            concat_ws(
                ' | ',
                case when is_on_other_land then land_change end,
                case when is_defined_otherwise then definition_change end
            ),
            ''
        ) as break_reason
    from judged
    where is_on_other_land or is_defined_otherwise
)

select * from described
