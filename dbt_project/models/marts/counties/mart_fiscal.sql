{{ metrics_side_by_side('mart_fiscal') }}
