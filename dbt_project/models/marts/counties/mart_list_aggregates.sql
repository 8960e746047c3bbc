{#- What a published figure and a metric have in common. -#}
{%- set common = [
    'freq', 'time_period', 'accum', 'period_end', 'value', 'unit_measure', 'value_qualifier', 'obs_status', 'estimate_round',
    'vintage_set_id', 'comment', 'has_warnings', 'data_as_of', 'newer_load_in_quarantine',
] %}
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
aggregates as (
    select
        observation_key as aggregate_key,
        'published' as origin,
        list_code,
        subject_name as group_name_zh,
        indicator_code as measure_code,
        indicator_name_zh as measure_name_zh,
        indicator_name_en as measure_name_en,
        {{ common | join(',\n        ') }},
        {{ observation_receipt('observation_key') }} as receipt
    from figures

    union all

    select
        metrics.metric_key as aggregate_key,
        'derived' as origin,
        metrics.list_code,
        metrics.subject_name as group_name_zh,
        metrics.metric_code as measure_code,
        catalogue.name_zh as measure_name_zh,
        catalogue.name_en as measure_name_en,
        metrics.{{ common | join(',\n        metrics.') }},
        {{ metric_receipt('metrics.metric_key') }} as receipt
    from metrics
    inner join catalogue
        on metrics.metric_code = catalogue.metric_code
),

-- X06: of how many counties the aggregate is, by the list as it stood at the period's end.
described as (
    select
        aggregates.*,
        lists.membership_basis,
        (
            select count(*)::integer
            from memberships
            where
                memberships.list_code = aggregates.list_code
                and {{ is_member_on('memberships', 'aggregates.period_end') }}
        ) as members_count
    from aggregates
    left join lists
        on aggregates.list_code = lists.list_code
),

receipted as (
    select
        {{ contracted_columns('mart_list_aggregates') }},
        {{ receipts([{'column': 'value', 'keys': 'receipt'}]) }} as receipts
    from described
)

select * from receipted
