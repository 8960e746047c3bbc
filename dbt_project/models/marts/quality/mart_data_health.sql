with metrics as (
    select * from {{ ref('fct_metrics') }}
    where metric_code = 'data_health_index'
),

mandatory as (
    select * from {{ ref('mandatory_indicators') }}
),

divisions as (
    select * from {{ ref('dim_divisions') }}
    where is_current
),

described as (
    select
        -- keys
        metrics.division_code,
        extract(year from metrics.period_end)::integer as year,

        -- description
        divisions.name_zh as division_name_zh,
        divisions.name_en as division_name_en,
        divisions.prefecture_name,
        (select count(*) from mandatory)::integer as mandatory_count,

        -- measures
        metrics.inputs_count as present_count,
        cardinality({{ input_keys('sound') }}) as sound_count,
        metrics.value as data_health_index_pct,
        metrics.obs_status,
        metrics.comment,

        -- standing
        metrics.has_warnings,
        metrics.data_as_of,
        metrics.newer_load_in_quarantine,

        -- provenance
        metrics.metric_key,
        {{ counted_keys(input_keys(), original_list_receipt()) }} as present_keys,
        {{ input_keys('sound') }} as sound_keys
    from metrics
    inner join divisions
        on metrics.division_code = divisions.division_code
),

receipted as (
    select
        division_code,
        year,
        division_name_zh,
        division_name_en,
        prefecture_name,
        mandatory_count,
        present_count,
        sound_count,
        data_health_index_pct,
        obs_status,
        comment,
        has_warnings,
        data_as_of,
        newer_load_in_quarantine,
        {{ receipts([
            {'column': 'present_count', 'keys': 'present_keys'},
            {'column': 'sound_count', 'keys': "coalesce(nullif(sound_keys, '{}'), present_keys)"},
            {'column': 'data_health_index_pct', 'keys': metric_receipt('metric_key')},
        ]) }} as receipts
    from described
)

select * from receipted
