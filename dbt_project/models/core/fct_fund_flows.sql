-- Money from one side to another. What was announced and never confirmed is F; what comes back after a failed review is
-- negative; what a rule makes certain and nobody published is a row without an amount.
with figures as (
    select * from {{ ref('fct_observations') }}
    where is_for_readers and vintage_rank = 1
),

flow_indicators as (
    select * from {{ ref('fund_flow_indicators') }}
),

rules as (
    select * from {{ ref('dim_scheme_rules') }}
    where rule_code = 'claw_back'
),

programmes as (
    select * from {{ ref('dim_programmes') }}
),

published as (
    select
        'observation:' || figures.observation_key as receipt,
        figures.programme_code,
        figures.indicator_code,
        case
            when figures.subject_kind = 'pairing' then split_part(figures.subject_name, '—', 1)
            when figures.subject_kind = 'division' or flow_indicators.payer_is_counterpart then figures.counterpart_name
            else figures.subject_name
        end as source_name,
        case
            when figures.subject_kind = 'pairing' then split_part(figures.subject_name, '—', 2)
            when figures.subject_kind = 'division' or flow_indicators.payer_is_counterpart then figures.subject_name
            else figures.counterpart_name
        end as recipient_name,
        extract(year from figures.period_end)::integer as flow_year,
        figures.window_code,
        flow_indicators.purpose_zh,
        flow_indicators.purpose_en,
        flow_indicators.sign = -1 as is_claw_back,
        figures.value * flow_indicators.sign as amount_cny,
        figures.value_qualifier,
        figures.obs_status,
        null::text as reason,
        figures.has_warnings,
        figures.data_as_of,
        figures.newer_load_in_quarantine,
        figures.table_id,
        figures.edition,
        figures.publication_sha256,
        figures.locator
    from figures
    inner join flow_indicators
        on figures.indicator_code = flow_indicators.indicator_code
),

-- Failed reviews pay back in equal calendar years after the programme's end: as many as the rule says.
owed as (
    select
        'register:dim_scheme_rules:' || rules.register_key as receipt,
        rules.scheme_code as programme_code,
        'returned_funds' as indicator_code,
        null::text as source_name,
        coalesce(programmes.owner_zh, '浙江省财政') as recipient_name,
        extract(year from rules.valid_to)::integer + years.number as flow_year,
        'CY' || (extract(year from rules.valid_to)::integer + years.number) as window_code,
        '绩效不合格退还资金' as purpose_zh,
        'money returned after a failed review' as purpose_en,
        true as is_claw_back,
        null::numeric as amount_cny,
        'EXACT' as value_qualifier,
        'O' as obs_status,
        'Which counties failed and what they returned was not published · 退还方与金额未公布' as reason,
        false as has_warnings,
        rules.published_on as data_as_of,
        false as newer_load_in_quarantine,
        rules.table_id,
        rules.edition,
        rules.publication_sha256,
        rules.locator
    from rules
    cross join lateral generate_series(0, rules.threshold_value::integer - 1) as years (number)
    left join programmes
        on rules.scheme_code = programmes.programme_code
),

united as (
    select * from published

    union all

    select * from owed
),

described as (
    select
        {{ surrogate_key(['receipt', 'flow_year', 'window_code']) }} as register_key,
        *
    from united
)

select * from described
