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

-- A member and, for a dispersion, its weight: of one publication, so that product and people are of one area and year.
members as (
    select
        metrics.metric_code,
        metrics.operation,
        metrics.formula,
        metrics.population_basis as metric_population_basis,
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

periods as (
    select distinct period_end
    from members
),

sizes as (
    select
        lists.list_code,
        periods.period_end,
        count(memberships.division_code) as members_count
    from lists
    cross join periods
    inner join memberships
        on
            lists.list_code = memberships.list_code
            and coalesce(periods.period_end >= memberships.valid_from, true)
            and coalesce(periods.period_end < memberships.valid_to, true)
    group by lists.list_code, periods.period_end
),

listed as (
    select
        lists.list_code as aggregated_list_code,
        lists.name_zh as list_name,
        members.*
    from members
    inner join memberships
        on
            members.division_code = memberships.division_code
            and coalesce(members.period_end >= memberships.valid_from, true)
            and coalesce(members.period_end < memberships.valid_to, true)
    inner join lists
        on memberships.list_code = lists.list_code
),

aggregated as (
    select
        metric_code,
        operation,
        metric_population_basis,
        aggregated_list_code,
        list_name,
        freq,
        time_period,
        accum,
        period_start,
        period_end,
        estimate_round,
        count(*) as known_count,
        case operation
            when 'list_sum' then sum(value)
            when 'list_count_over' then count(*) filter (where value > substring(formula from '[0-9]+')::numeric)
            when 'list_dispersion'
                then
                    sqrt(sum(weight * value * value) / sum(weight) - power(sum(weight * value) / sum(weight), 2))
                    / (sum(weight * value) / sum(weight))
        end as result,
        string_agg(distinct vintage_set_id, ' | ' order by vintage_set_id) as vintage_set_id,
        jsonb_agg(distinct obs_status)
        || coalesce(jsonb_agg(distinct weight_status) filter (where weight_status is not null), '[]') as input_statuses,
        jsonb_agg({{ metric_input("'member'") }} order by division_code)
        || coalesce(jsonb_agg(weight_input order by division_code) filter (where weight_input is not null), '[]')
            as inputs,
        bool_or(has_warnings) as has_warnings,
        min(data_as_of) as data_as_of,
        bool_or(newer_load_in_quarantine) as newer_load_in_quarantine
    from listed
    group by
        metric_code,
        operation,
        metric_population_basis,
        aggregated_list_code,
        list_name,
        freq,
        time_period,
        accum,
        period_start,
        period_end,
        estimate_round
),

completed as (
    select
        aggregated.metric_code,
        'division_group' as subject_kind,
        aggregated.list_name as subject_name,
        null as division_code,
        aggregated.aggregated_list_code as list_code,
        null as park_code,
        null as project_code,
        null as programme_code,
        null as counterpart_name,
        null::integer as boundary_version,
        aggregated.freq,
        aggregated.time_period,
        aggregated.accum,
        aggregated.period_start,
        aggregated.period_end,
        case
            when aggregated.known_count = sizes.members_count or aggregated.operation = 'list_count_over'
                then trim_scale(aggregated.result)
        end as value,
        case when aggregated.known_count < sizes.members_count then 'GE' else 'EXACT' end as value_qualifier,
        aggregated.estimate_round,
        aggregated.vintage_set_id,
        aggregated.metric_population_basis as population_basis,
        aggregated.input_statuses,
        aggregated.inputs,
        case
            when aggregated.known_count < sizes.members_count
                then format(
                    'known for %s of %s counties · %2$s 县中已知 %1$s 县', aggregated.known_count, sizes.members_count
                )
        end as comment,
        aggregated.has_warnings,
        aggregated.data_as_of,
        aggregated.newer_load_in_quarantine
    from aggregated
    inner join sizes
        on
            aggregated.aggregated_list_code = sizes.list_code
            and aggregated.period_end = sizes.period_end
)

select * from completed
