-- What an enclave may at most pay its counterpart, year by year after completion: a share of investment and a share of
-- the locally retained tax inside the window, nothing outside it, unknown where an input is (domain §3.4, M39).
with rules as (
    select
        scheme_code as park_code,
        max(threshold_value) filter (where rule_code = 'income_period')::integer as window_years,
        max(threshold_value) filter (where rule_code = 'investment_share') as investment_share_pct,
        max(threshold_value) filter (where rule_code = 'retained_tax_share') as retained_tax_share_pct,
        {{ receipts_of_group(register_receipt('dim_scheme_rules', 'register_key')) }} as rule_keys
    from {{ ref('dim_scheme_rules') }}
    where rule_code in ('income_period', 'investment_share', 'retained_tax_share')
    group by scheme_code
),

parks as (
    select * from {{ ref('dim_parks') }}
),

completions as (
    select
        park_code,
        extract(year from min(valid_from))::integer as completed_year,
        min({{ register_receipt('fct_park_states', 'register_key') }}) as state_receipt
    from {{ ref('fct_park_states') }}
    where lifecycle_state = 'operating'
    group by park_code
),

figures as (
    select
        park_code,
        extract(year from period_end)::integer as figure_year,
        max(value) filter (where indicator_code = 'enclave_project_investment') as investment_cny,
        max(value) filter (where indicator_code = 'retained_local_tax') as retained_tax_cny,
        array_agg(distinct {{ observation_receipt('observation_key') }}) as figure_keys,
        {{ standing_of_group() }}
    from {{ ref('fct_observations') }}
    where
        indicator_code in ('enclave_project_investment', 'retained_local_tax')
        and value_qualifier = 'EXACT'
        and freq = 'A'
        and is_for_readers
        and vintage_rank = 1
    group by park_code, extract(year from period_end)
),

-- The years of the window, and the first one after it.
years as (
    select
        rules.*,
        parks.name_zh as park_name_zh,
        parks.host_name,
        parks.partner_name,
        numbers.benefit_year_number,
        numbers.benefit_year_number <= rules.window_years as is_inside_window,
        completions.completed_year + numbers.benefit_year_number as calendar_year,
        completions.state_receipt
    from rules
    inner join parks
        on rules.park_code = parks.park_code
    cross join lateral generate_series(1, rules.window_years + 1) as numbers (benefit_year_number)
    left join completions
        on rules.park_code = completions.park_code
),

described as (
    select
        years.*,
        figures.investment_cny,
        figures.retained_tax_cny,
        case
            when not years.is_inside_window then 0
            else trim_scale(
                figures.investment_cny * years.investment_share_pct / 100
                + figures.retained_tax_cny * years.retained_tax_share_pct / 100
            )
        end as benefit_limit_cny,
        case
            when not years.is_inside_window then 'A'
            when figures.investment_cny is null or figures.retained_tax_cny is null then 'O'
            else 'E'
        end as obs_status,
        case
            when not years.is_inside_window then null
            when years.calendar_year is null then 'The year of completion was not published · 建成年份未公布'
            when figures.investment_cny is null or figures.retained_tax_cny is null
                then 'Investment or locally retained tax was not published · 投资额或地方留存税收未公布'
        end as reason,
        years.rule_keys || years.state_receipt || figures.figure_keys as limit_keys,
        figures.figure_keys,
        coalesce(figures.has_warnings, false) as has_warnings,
        figures.data_as_of,
        coalesce(figures.newer_load_in_quarantine, false) as newer_load_in_quarantine
    from years
    left join figures
        on
            years.park_code = figures.park_code
            and years.calendar_year = figures.figure_year
),

receipted as (
    select
        {{ contracted_columns('mart_enclave_benefits') }},
        {{ receipts([
            {'column': 'investment_share_pct', 'keys': 'rule_keys'},
            {'column': 'retained_tax_share_pct', 'keys': 'rule_keys'},
            {'column': 'investment_cny', 'keys': 'figure_keys'},
            {'column': 'retained_tax_cny', 'keys': 'figure_keys'},
            {'column': 'benefit_limit_cny', 'keys': 'limit_keys'},
        ]) }} as receipts
    from described
)

select * from receipted
