-- A02: each printed share is within 0.15 points of the share recomputed from the levels of the same publication, beyond
-- what the rounding of those levels explains.
{{ config(severity='warn') }}
with figures as (
    select * from {{ ref('fct_observations') }}
    where value is not null and value_qualifier = 'EXACT'
),

compared as (
    select
        shares.subject_name,
        shares.time_period,
        shares.indicator_code,
        shares.value as printed_share_pct,
        parts.value / totals.value * 100 as recomputed_share_pct,
        (1 + parts.value / totals.value) * 50 / totals.value
        * power(10::numeric, totals.unit_mult - coalesce(totals.decimals, 0)) as rounding_pp
    from figures as shares
    inner join figures as parts
        on
            replace(shares.indicator_code, '_share_of_gdp', '_value_added') = parts.indicator_code
            and shares.subject_kind = parts.subject_kind
            and shares.subject_name = parts.subject_name
            and shares.time_period = parts.time_period
            and shares.accum = parts.accum
            and shares.estimate_round = parts.estimate_round
            and shares.table_id = parts.table_id
            and shares.edition = parts.edition
    inner join figures as totals
        on
            totals.indicator_code = 'gdp'
            and shares.subject_kind = totals.subject_kind
            and shares.subject_name = totals.subject_name
            and shares.time_period = totals.time_period
            and shares.accum = totals.accum
            and shares.estimate_round = totals.estimate_round
            and shares.table_id = totals.table_id
            and shares.edition = totals.edition
    where shares.indicator_code like '%\_share\_of\_gdp'
)

select *
from compared
where abs(printed_share_pct - recomputed_share_pct) > 0.15 + rounding_pp
