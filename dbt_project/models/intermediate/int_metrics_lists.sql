{#- What one aggregate is of. -#}
{%- set aggregate = [
    'metric_code', 'operation', 'metric_population_basis', 'aggregated_list_code', 'list_name', 'freq', 'time_period',
    'accum', 'period_start', 'period_end', 'estimate_round',
] %}
-- Aggregates over a list of counties (M05, M08, M20), under both bases: the fixed 26 and the list in force at the
-- period's end (X06). Members are of one estimate round. A sum or a dispersion needs every member: while one is
-- unknown the result is null and says how many are known. A count of members above a threshold is a lower bound until
-- all are known. Only additive indicators are summed, whatever the catalogue asks.
with metrics as (
    select * from {{ ref('metrics') }}
    where operation in ('list_sum', 'list_dispersion', 'list_count_over')
),

metric_inputs as (
    select * from {{ ref('metric_inputs') }}
),

lists as (
    select * from {{ ref('list_bases') }}
),

memberships as (
    select * from {{ ref('dim_list_membership') }}
),

figures as (
    select * from {{ ref('int_comparable_figures') }}
    where rank_in_round = 1 and subject_kind = 'division' and not is_bound and freq is not null
),

-- A member of a list and, for a dispersion, its weight of the same publication: both are of one area and year.
members as (
    select
        metrics.metric_code,
        metrics.operation,
        metrics.formula,
        metrics.population_basis as metric_population_basis,
        lists.list_code as aggregated_list_code,
        lists.name_zh as list_name,
        member.*,
        weight.value as weight,
        case when weight.value is not null then {{ metric_input("'weight'", 'weight') }} end as weight_input,
        case when weight.value is not null then weight.obs_status end as weight_status
    from metrics
    inner join metric_inputs as member_input
        on
            metrics.metric_code = member_input.metric_code
            and member_input.role = 'member'
    left join metric_inputs as weight_input
        on
            metrics.metric_code = weight_input.metric_code
            and weight_input.role = 'weight'
    inner join figures as member
        on member_input.indicator_code = member.indicator_code
    inner join memberships
        on
            member.division_code = memberships.division_code
            and {{ is_member_on('memberships', 'member.period_end') }}
    inner join lists
        on memberships.list_code = lists.list_code
    left join figures as weight
        on
            weight_input.indicator_code = weight.indicator_code
            and member.subject_key = weight.subject_key
            and member.period_end = weight.period_end
            and member.freq = weight.freq
            and member.vintage_set_id = weight.vintage_set_id
    where
        (metrics.operation != 'list_sum' or member.is_additive)
        and (metrics.operation != 'list_dispersion' or weight.value is not null)
),

aggregated as (
    select
        {{ aggregate | join(',\n        ') }},
        count(*) as known_count,
        (
            select count(*)
            from memberships
            where
                memberships.list_code = members.aggregated_list_code
                and {{ is_member_on('memberships', 'members.period_end') }}
        ) as members_count,
        case operation
            when 'list_sum' then sum(value)
            when 'list_count_over' then count(*) filter (where value > substring(formula from '[0-9]+')::numeric)
            when 'list_dispersion' then {{ weighted_dispersion('value', 'weight') }}
        end as result,
        string_agg(distinct vintage_set_id, ' | ' order by vintage_set_id) as vintage_set_id,
        jsonb_agg(distinct obs_status)
        || coalesce(jsonb_agg(distinct weight_status) filter (where weight_status is not null), '[]') as input_statuses,
        jsonb_agg({{ metric_input("'member'") }} order by division_code)
        || coalesce(jsonb_agg(weight_input order by division_code) filter (where weight_input is not null), '[]')
            as inputs,
        {{ standing_of_group() }}
    from members
    group by {{ aggregate | join(', ') }}
),

completed as (
    select
        metric_code,
        {{ metric_of_list('aggregated_list_code', 'list_name') }},
        freq,
        time_period,
        accum,
        period_start,
        period_end,
        case
            when known_count = members_count or operation = 'list_count_over' then trim_scale(result)
        end as value,
        case when known_count < members_count then 'GE' else 'EXACT' end as value_qualifier,
        estimate_round,
        vintage_set_id,
        metric_population_basis as population_basis,
        input_statuses,
        inputs,
        case
            when known_count < members_count
                then format('known for %s of %s counties · %2$s 县中已知 %1$s 县', known_count, members_count)
        end as comment,
        has_warnings,
        data_as_of,
        newer_load_in_quarantine
    from aggregated
)

select * from completed
