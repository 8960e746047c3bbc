-- A02: each printed share is within 0.15 points of the share recomputed from the levels of the same publication, beyond
-- what the rounding of those levels explains.
{{ config(severity='warn') }}
with figures as (
    select * from {{ ref('fct_observations') }}
    where
        value is not null
        and value_qualifier = 'EXACT'
        and (
            indicator_code in ('gdp', 'primary_value_added', 'secondary_value_added', 'tertiary_value_added')
            or indicator_code like '%\_share\_of\_gdp'
        )
),

compared as (
    select
        printed.subject_name,
        printed.time_period,
        printed.indicator_code,
        printed.value as printed_share_pct,
        parts.value / totals.value * 100 as recomputed_share_pct,
        (1 + parts.value / totals.value) * 50 / totals.value
        * power(10::numeric, totals.unit_mult - coalesce(totals.decimals, 0)) as rounding_pp
    from figures as printed
    inner join figures as parts
        on
            replace(printed.indicator_code, '_share_of_gdp', '_value_added') = parts.indicator_code
            and printed.subject_kind = parts.subject_kind
            and printed.subject_name = parts.subject_name
            and printed.time_period = parts.time_period
            and printed.accum = parts.accum
            and printed.estimate_round = parts.estimate_round
            and printed.table_id = parts.table_id
            and printed.edition = parts.edition
    inner join figures as totals
        on
            totals.indicator_code = 'gdp'
            and printed.subject_kind = totals.subject_kind
            and printed.subject_name = totals.subject_name
            and printed.time_period = totals.time_period
            and printed.accum = totals.accum
            and printed.estimate_round = totals.estimate_round
            and printed.table_id = totals.table_id
            and printed.edition = totals.edition
    where printed.indicator_code like '%\_share\_of\_gdp'
)

select *
from compared
where abs(printed_share_pct - recomputed_share_pct) > 0.15 + rounding_pp
