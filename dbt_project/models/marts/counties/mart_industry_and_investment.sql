{{ metrics_side_by_side('mart_industry_and_investment') }}
