-- A value without inputs cannot be explained, and a missing value without a reason is a silent gap.
select
    metric_key,
    metric_code,
    value,
    comment
from {{ ref('fct_metrics') }}
where (value is not null and inputs_count = 0) or (value is null and comment is null)
