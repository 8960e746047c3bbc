with metrics as (
    select * from {{ ref('fct_metrics') }}
),

catalogue as (
    select * from {{ ref('dim_metrics') }}
),

counties as (
    select * from {{ ref('dim_divisions') }}
    where is_original_mountain_county and is_current
),

-- Metrics of a list, of the province or of a park are no county's: what is known of them is in their own marts.
asked as (
    select
        counties.division_code,
        counties.name_zh as division_name_zh,
        counties.name_en as division_name_en,
        {{ original_list_receipt('counties') }} as list_receipt,
        catalogue.metric_code,
        catalogue.metric_id,
        catalogue.name_zh as metric_name_zh,
        catalogue.name_en as metric_name_en,
        catalogue.theme,
        catalogue.reason
    from counties
    cross join catalogue
    where catalogue.grain like '%county%'
),

known as (
    select
        division_code,
        metric_code,
        count(distinct concat_ws('|', freq, time_period, accum))::integer as periods_known_count,
        min(period_end) as first_period_end,
        max(period_end) as last_period_end,
        string_agg(distinct obs_status, ' ' order by obs_status) as obs_statuses,
        array_agg({{ metric_receipt('metric_key') }} order by metric_key) as metric_keys,
        {{ standing_of_group() }}
    from metrics
    where value is not null and division_code is not null
    group by division_code, metric_code
),

known_anywhere as (
    select distinct metric_code
    from metrics
    where value is not null
),

described as (
    select
        -- keys
        asked.division_code,
        asked.metric_code,

        -- description
        asked.division_name_zh,
        asked.division_name_en,
        asked.metric_id,
        asked.metric_name_zh,
        asked.metric_name_en,
        asked.theme,

        -- measures
        coalesce(known.periods_known_count, 0) as periods_known_count,
        known.first_period_end,
        known.last_period_end,
        known.obs_statuses,
        case when known.metric_code is null then 'O' else 'A' end as coverage_status,
        case
            when known.metric_code is not null then null
            when known_anywhere.metric_code is not null
                then 'published or derivable for others, not for this county · 他处已有，本县未发布'
            else 'nobody published what it needs · 所需数字无人发布'
        end as coverage_reason,

        -- standing
        coalesce(known.has_warnings, false) as has_warnings,
        known.data_as_of,
        coalesce(known.newer_load_in_quarantine, false) as newer_load_in_quarantine,
        {{ counted_keys('known.metric_keys', 'asked.list_receipt') }} as metric_keys
    from asked
    left join known
        on
            asked.division_code = known.division_code
            and asked.metric_code = known.metric_code
    left join known_anywhere
        on asked.metric_code = known_anywhere.metric_code
),

receipted as (
    select
        division_code,
        metric_code,
        division_name_zh,
        division_name_en,
        metric_id,
        metric_name_zh,
        metric_name_en,
        theme,
        periods_known_count,
        first_period_end,
        last_period_end,
        obs_statuses,
        coverage_status,
        coverage_reason,
        has_warnings,
        data_as_of,
        newer_load_in_quarantine,
        {{ receipts([{'column': 'periods_known_count', 'keys': 'metric_keys'}]) }} as receipts
    from described
)

select * from receipted
