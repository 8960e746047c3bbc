with figures as (
    select * from {{ ref('mart_division_figures') }}
    where subject_kind = 'division_group' and list_code is not null
),

memberships as (
    select * from {{ ref('dim_list_membership') }}
),

-- X06: the number of counties that the published aggregate is of, by the list as it stood at the period's end.
counted as (
    select
        figures.observation_key,
        count(memberships.division_code)::integer as members_count
    from figures
    left join memberships
        on
            figures.list_code = memberships.list_code
            and coalesce(figures.period_end >= memberships.valid_from, true)
            and coalesce(figures.period_end < memberships.valid_to, true)
    group by figures.observation_key
),

described as (
    select
        -- keys
        figures.observation_key,
        figures.list_code,
        figures.subject_name as group_name_zh,
        figures.indicator_code,
        figures.freq,
        figures.time_period,
        figures.accum,

        -- description
        figures.indicator_name_zh,
        figures.indicator_name_en,
        counted.members_count,

        -- measures
        figures.value,
        figures.unit_measure,
        figures.value_qualifier,
        figures.value_sign,
        figures.obs_status,
        figures.estimate_round,
        figures.vintage_set_id,

        -- provenance
        figures.printed,
        figures.published_on,
        figures.table_id,
        figures.edition,
        figures.publication_sha256,
        figures.locator
    from figures
    inner join counted
        on figures.observation_key = counted.observation_key
)

select * from described
