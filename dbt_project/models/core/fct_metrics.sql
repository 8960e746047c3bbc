with metrics as (
    select * from {{ ref('metrics') }}
),

statuses as (
    select * from {{ ref('obs_statuses') }}
),

estimate_rounds as (
    select * from {{ ref('estimate_rounds') }}
),

united as (
    select * from {{ ref('int_metrics_united') }}
),

-- Flags inherit the worst input; a derived result is E (estimated) or worse, a result of null is O (missing).
judged as (
    select
        united.*,
        metrics.metric_id,
        metrics.unit_measure,
        metrics.formula,
        (
            select statuses.obs_status
            from statuses
            where
                united.input_statuses ? statuses.obs_status
                or (statuses.obs_status = 'E' and metrics.flag_rule = 'worst_input_and_estimated')
            order by statuses.precedence
            limit 1
        ) as inherited_status,
        row_number() over (
            partition by
                united.metric_code, united.subject_kind, coalesce(united.division_code, united.subject_name),
                united.counterpart_name, united.freq, united.time_period, united.accum,
                united.period_start, united.period_end
            order by
                (united.value is not null) desc, estimate_rounds.precedence asc nulls last, united.vintage_set_id asc
        ) = 1 as is_shown
    from united
    inner join metrics
        on united.metric_code = metrics.metric_code
    left join estimate_rounds
        on united.estimate_round = estimate_rounds.estimate_round
),

described as (
    select
        -- keys
        {{ surrogate_key([
            'metric_code',
            'subject_kind',
            'coalesce(division_code, subject_name)',
            'counterpart_name',
            'freq',
            'time_period',
            'accum',
            'period_start',
            'period_end',
            'estimate_round',
            'vintage_set_id',
        ]) }} as metric_key,
        metric_id,
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

        -- when
        freq,
        time_period,
        accum,
        period_start,
        period_end,
        {{ window_code('accum', 'freq', 'time_period', 'period_start') }} as window_code,

        -- the value
        value,
        unit_measure,
        value_qualifier,
        case when value is null then 'O' else inherited_status end as obs_status,
        estimate_round,
        vintage_set_id,
        is_shown,
        population_basis,

        -- how it came about
        formula,
        inputs,
        jsonb_array_length(inputs) as inputs_count,
        comment,
        has_warnings,
        data_as_of,
        newer_load_in_quarantine
    from judged
)

select * from described
