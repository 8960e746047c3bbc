-- One subject at two times. A growth, a difference or a mean of two growths takes both from one vintage set, the
-- values that a publication declares comparable: Zhejiang grew by 5.27 % in 2024 against the revised 2023 printed
-- beside it, and the 9.18 % against the preliminary 2023 cannot be formed (V01). A quarter alone is the difference of
-- two accumulations of one year and one round. Land, definition and population are the same at both times; growth of a
-- protected scope is never derived.
with metrics as (
    select * from {{ ref('metrics') }}
    where operation in ('growth_in_set', 'difference_in_set', 'two_year_average', 'discrete_quarter')
),

metric_inputs as (
    select * from {{ ref('metric_inputs') }}
),

figures as (
    select * from {{ ref('int_comparable_figures') }}
    where not is_bound
),

paired as (
    select
        metrics.metric_code,
        metrics.operation,
        {{ metric_subject('current_figure') }},
        current_figure.value as current_value,
        previous_figure.value as previous_value,
        previous_figure.period_end as previous_period_end,
        current_figure.value_qualifier,
        current_figure.estimate_round,
        case
            when current_figure.vintage_set_id = previous_figure.vintage_set_id then current_figure.vintage_set_id
            else current_figure.vintage_set_id || ' | ' || previous_figure.vintage_set_id
        end as vintage_set_id,
        current_figure.population_basis,
        {{ metric_inputs_of({'current': 'current_figure', 'previous': 'previous_figure'}) }}
    from metrics
    inner join metric_inputs as current_input
        on
            metrics.metric_code = current_input.metric_code
            and current_input.role = 'current'
    inner join metric_inputs as previous_input
        on
            metrics.metric_code = previous_input.metric_code
            and previous_input.role = 'previous'
    inner join figures as current_figure
        on current_input.indicator_code = current_figure.indicator_code
    inner join figures as previous_figure
        on
            previous_input.indicator_code = previous_figure.indicator_code
            and current_figure.subject_key = previous_figure.subject_key
            and current_figure.boundary_version is not distinct from previous_figure.boundary_version
            and current_figure.definition_version = previous_figure.definition_version
            and current_figure.accum = previous_figure.accum
            and current_figure.unit_measure = previous_figure.unit_measure
            and current_figure.population_basis is not distinct from previous_figure.population_basis
    where
        case
            when metrics.operation = 'discrete_quarter'
                then
                    current_figure.estimate_round = previous_figure.estimate_round
                    and current_figure.rank_in_round = 1
                    and previous_figure.rank_in_round = 1
                    and current_figure.accum = 'YTD'
                    and current_figure.is_additive
                    and current_figure.measure = 'LEVEL'
                    and current_figure.period_start = previous_figure.period_start
                    and (current_figure.period_end - interval '3 months')::date between
                    previous_figure.period_end - 1 and previous_figure.period_end
            else
                current_figure.vintage_set_id = previous_figure.vintage_set_id
                and current_figure.rank_in_set = 1
                and previous_figure.rank_in_set = 1
                and current_figure.freq = previous_figure.freq
                and (current_figure.period_end - interval '1 year')::date = previous_figure.period_end
                and not (metrics.operation = 'growth_in_set' and current_figure.is_growth_protected)
                and (metrics.operation = 'two_year_average') = (current_figure.measure = 'GROWTH')
        end
),

compared as (
    select
        metric_code,
        subject_kind,
        subject_name,
        division_code,
        list_code,
        park_code,
        project_code,
        programme_code,
        counterpart_name,
        boundary_version,
        case operation when 'discrete_quarter' then 'Q' else freq end as freq,
        case operation
            when 'discrete_quarter' then to_char(period_end, 'YYYY"-Q"Q')
            else time_period
        end as time_period,
        case operation when 'discrete_quarter' then 'DISC' else accum end as accum,
        case operation when 'discrete_quarter' then previous_period_end + 1 else period_start end as period_start,
        period_end,
        trim_scale(
            case operation
                when 'growth_in_set' then (current_value / nullif(previous_value, 0) - 1) * 100
                when 'two_year_average'
                    then (sqrt((1 + previous_value / 100) * (1 + current_value / 100)) - 1) * 100
                else current_value - previous_value
            end
        ) as value,
        value_qualifier,
        estimate_round,
        vintage_set_id,
        population_basis,
        input_statuses,
        inputs,
        has_warnings,
        data_as_of,
        newer_load_in_quarantine,
        case operation when 'discrete_quarter' then 'ytd_diff' end as comment
    from paired
)

select * from compared
