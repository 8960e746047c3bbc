with members as (
    select * from {{ ref('dim_list_membership') }}
    where list_code = 'counties_with_zone'
),

states as (
    select * from {{ ref('fct_park_states') }}
    where lifecycle_state = 'approved'
),

parks as (
    select * from {{ ref('dim_parks') }}
    where park_kind = 'zone'
),

divisions as (
    select * from {{ ref('dim_divisions') }}
    where is_current
),

-- Days on which coverage changed, and the year-end that the first article counts at.
days as (
    select date '2021-12-31' as as_of
    union
    select valid_from as as_of from members
    where valid_from is not null
),

covered as (
    select
        days.as_of,
        count(*)::integer as counties_with_zone_count,
        (count(*) filter (where members.valid_from = days.as_of))::integer as counties_newly_covered_count,
        {{ receipts_of_group(register_receipt('dim_list_membership', 'members.register_key')) }} as member_keys
    from days
    inner join members
        on {{ is_member_on('members', 'days.as_of') }}
    group by days.as_of
),

-- Zones approved since 2021 in mountain counties, and zones whose county nobody verified: zones are not counties.
approved as (
    select
        days.as_of,
        count(*)::integer as zones_newly_approved_count,
        (count(*) filter (where divisions.is_original_mountain_county is not true))::integer
            as zones_of_unverified_county_count,
        {{ receipts_of_group(register_receipt('fct_park_states', 'states.register_key')) }} as state_keys
    from days
    inner join states
        on states.valid_from > date '2021-12-31' and days.as_of >= states.valid_from
    inner join parks
        on states.park_code = parks.park_code
    left join divisions
        on parks.host_code = divisions.division_code
    where divisions.is_original_mountain_county or divisions.division_level = '地级'
    group by days.as_of
),

described as (
    select
        covered.*,
        coalesce(approved.zones_newly_approved_count, 0) as zones_newly_approved_count,
        coalesce(approved.zones_of_unverified_county_count, 0) as zones_of_unverified_county_count,
        coalesce(approved.state_keys, covered.member_keys) as state_keys,
        false as has_warnings,
        null::date as data_as_of,
        false as newer_load_in_quarantine
    from covered
    left join approved
        on covered.as_of = approved.as_of
),

receipted as (
    select
        {{ contracted_columns('mart_zone_coverage') }},
        {{ receipts([
            {'column': 'counties_with_zone_count', 'keys': 'member_keys'},
            {'column': 'counties_newly_covered_count', 'keys': 'member_keys'},
            {'column': 'zones_newly_approved_count', 'keys': 'state_keys'},
            {'column': 'zones_of_unverified_county_count', 'keys': 'state_keys'},
        ]) }} as receipts
    from described
)

select * from receipted
