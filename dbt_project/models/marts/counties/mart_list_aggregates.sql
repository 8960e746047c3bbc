with figures as (
    select * from {{ ref('mart_division_figures') }}
    where subject_kind = 'division_group' and list_code is not null
),

metrics as (
    select * from {{ ref('fct_metrics') }}
    where list_code is not null
),

catalogue as (
    select * from {{ ref('dim_metrics') }}
    where operation in ('list_sum', 'list_share_of_province', 'list_dispersion', 'list_count_over', 'gap_to_province')
),

lists as (
    select * from {{ ref('list_bases') }}
),

memberships as (
    select * from {{ ref('dim_list_membership') }}
),

-- What somebody printed of a list as a whole, and what follows from its members or from the printed whole.
published as (
    select
        observation_key as aggregate_key,
        'published' as origin,
        list_code,
        subject_name as group_name_zh,
        indicator_code as measure_code,
        indicator_name_zh as measure_name_zh,
        indicator_name_en as measure_name_en,
        freq,
        time_period,
        accum,
        period_end,
        value,
        unit_measure,
        value_qualifier,
        obs_status,
        estimate_round,
        vintage_set_id,
        comment,
        has_warnings,
        data_as_of,
        newer_load_in_quarantine,
        array[{{ observation_receipt('observation_key') }}] as receipt_keys
    from figures
),

derived as (
    select
        metrics.metric_key as aggregate_key,
        'derived' as origin,
        metrics.list_code,
        metrics.subject_name as group_name_zh,
        metrics.metric_code as measure_code,
        catalogue.name_zh as measure_name_zh,
        catalogue.name_en as measure_name_en,
        metrics.freq,
        metrics.time_period,
        metrics.accum,
        metrics.period_end,
        metrics.value,
        metrics.unit_measure,
        metrics.value_qualifier,
        metrics.obs_status,
        metrics.estimate_round,
        metrics.vintage_set_id,
        metrics.comment,
        metrics.has_warnings,
        metrics.data_as_of,
        metrics.newer_load_in_quarantine,
        array[{{ metric_receipt('metrics.metric_key') }}] as receipt_keys
    from metrics
    inner join catalogue
        on metrics.metric_code = catalogue.metric_code
),

aggregates as (
    select * from published

    union all

    select * from derived
),

-- X06: of how many counties the aggregate is, by the list as it stood at the period's end.
counted as (
    select
        aggregates.aggregate_key,
        count(memberships.division_code)::integer as members_count
    from aggregates
    left join memberships
        on
            aggregates.list_code = memberships.list_code
            and coalesce(aggregates.period_end >= memberships.valid_from, true)
            and coalesce(aggregates.period_end < memberships.valid_to, true)
    group by aggregates.aggregate_key
),

described as (
    select
        -- keys
        aggregates.aggregate_key,
        aggregates.origin,
        aggregates.list_code,
        aggregates.group_name_zh,
        aggregates.measure_code,
        aggregates.freq,
        aggregates.time_period,
        aggregates.accum,

        -- description
        aggregates.measure_name_zh,
        aggregates.measure_name_en,
        lists.membership_basis,
        counted.members_count,

        -- measures
        aggregates.value,
        aggregates.unit_measure,
        aggregates.value_qualifier,
        aggregates.obs_status,
        aggregates.estimate_round,
        aggregates.vintage_set_id,
        aggregates.comment,

        -- standing
        aggregates.has_warnings,
        aggregates.data_as_of,
        aggregates.newer_load_in_quarantine,
        jsonb_strip_nulls(
            jsonb_build_object(
                'value', case when aggregates.value is not null then to_jsonb(aggregates.receipt_keys) end
            )
        ) as receipts
    from aggregates
    inner join counted
        on aggregates.aggregate_key = counted.aggregate_key
    left join lists
        on aggregates.list_code = lists.list_code
)

select * from described
