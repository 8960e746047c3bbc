-- M37, M38: how many of a list are covered. The whole is how many there are, which is published apart and for another
-- day; the day of the metric is the day of the part.
with figures as (
    select * from {{ ref('int_programme_figures') }}
    where indicator_code in ('platforms_paired', 'consortia_with_co_built_park', 'consortia')
),

-- A list has its members from the register; each membership is an input.
members as (
    select
        part.observation_key,
        count(*) as value,
        jsonb_agg(
            jsonb_build_object(
                'role', 'members', 'key', 'register:dim_list_membership:' || membership.register_key, 'value', 1
            )
            order by membership.register_key
        ) as inputs
    from figures as part
    inner join {{ ref('dim_list_membership') }} as membership
        on
            membership.list_code = '{{ var("original_list_code") }}'
            and {{ is_member_on('membership', 'part.period_end') }}
    where part.indicator_code = 'platforms_paired'
    group by part.observation_key
),

platforms as (
    select
        'platform_pairing_coverage' as metric_code,
        {{ metric_subject('part') }},
        case when not part.is_bound then trim_scale(part.value / members.value * 100) end as value,
        'EXACT' as value_qualifier,
        part.estimate_round,
        part.vintage_set_id,
        part.population_basis,
        {{ metric_inputs_of({'paired': 'part'}) }},
        null as comment,
        members.inputs as member_inputs
    from figures as part
    inner join members
        on part.observation_key = members.observation_key
),

platforms_with_members as (
    select
        *,
        inputs || member_inputs as all_inputs
    from platforms
),

consortia as (
    select
        'cooperation_park_coverage' as metric_code,
        {{ metric_subject('part') }},
        case when not whole.is_bound then trim_scale(part.value / nullif(whole.value, 0) * 100) end as value,
        'EXACT' as value_qualifier,
        part.estimate_round,
        part.vintage_set_id,
        part.population_basis,
        {{ metric_inputs_of({'with_park': 'part', 'consortia': 'whole'}) }},
        null as comment
    from figures as part
    inner join figures as whole
        on
            part.programme_code = whole.programme_code
            and whole.indicator_code = 'consortia'
    where part.indicator_code = 'consortia_with_co_built_park'
),

united as (
    select {{ metric_columns() | join(', ') | replace('inputs,', 'all_inputs as inputs,') }} from platforms_with_members

    union all

    select {{ metric_columns() | join(', ') }} from consortia
)

select * from united
