-- G01: the catalogue asks for no growth of an indicator whose levels are of another scope than its growth.
select
    metrics.metric_code,
    metric_inputs.indicator_code
from {{ ref('metrics') }} as metrics
inner join {{ ref('metric_inputs') }} as metric_inputs
    on metrics.metric_code = metric_inputs.metric_code
inner join {{ ref('dim_indicators') }} as indicators
    on metric_inputs.indicator_code = indicators.indicator_code
where
    metrics.operation = 'growth_in_set'
    and (
        indicators.coverage in ('ABOVE_SCALE', 'ABOVE_LIMIT')
        or indicators.indicator_code in ('fixed_asset_investment', 'manufacturing_investment')
        or indicators.measure != 'LEVEL'
    )
