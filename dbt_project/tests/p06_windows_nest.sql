-- P06: a window that contains another holds at least as much of a quantity that only grows. Compared where both values
-- are exact or lower bounds on the outer side cannot hide a shortfall.
select
    programme_name_zh,
    indicator_code,
    window_code,
    value,
    enclosing_window_code,
    enclosing_value
from {{ ref('mart_programme_windows') }}
where value > enclosing_value and value_qualifier in ('EXACT', 'GE', 'GT')
