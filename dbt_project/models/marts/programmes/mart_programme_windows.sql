with figures as (
    select * from {{ ref('mart_programme_figures') }}
    where
        subject_kind = 'programme'
        and programme_code is not null
        and value is not null
        and period_end is not null
),

-- A window begins on its first day; a state at a time is a window of no length.
windows as (
    select
        *,
        coalesce(period_start, period_end) as window_start,
        period_end as window_end
    from figures
),

-- The smallest other window of the same programme and indicator that holds this one whole.
enclosed as (
    select distinct on (inner_window.observation_key)
        inner_window.observation_key,
        outer_window.window_code as enclosing_window_code,
        outer_window.value as enclosing_value,
        outer_window.observation_key as enclosing_key
    from windows as inner_window
    inner join windows as outer_window
        on
            inner_window.subject_name = outer_window.subject_name
            and inner_window.indicator_code = outer_window.indicator_code
            and inner_window.observation_key != outer_window.observation_key
            and inner_window.accum != 'PIT'
            and outer_window.accum != 'PIT'
            and inner_window.window_start >= outer_window.window_start
            and inner_window.window_end <= outer_window.window_end
            and outer_window.window_end - outer_window.window_start
            > inner_window.window_end - inner_window.window_start
    order by
        inner_window.observation_key asc,
        outer_window.window_end - outer_window.window_start asc,
        outer_window.observation_key asc
),

described as (
    select
        -- keys
        windows.observation_key,
        windows.programme_code,
        windows.subject_name as programme_name_zh,
        windows.programme_name_en,
        windows.counterpart_name,
        windows.indicator_code,
        windows.indicator_name_zh,
        windows.indicator_name_en,

        -- window
        windows.window_code,
        windows.window_start,
        windows.window_end,
        windows.accum,
        enclosed.enclosing_window_code,

        -- measures
        windows.value,
        windows.value_upper,
        windows.unit_measure,
        windows.value_qualifier,
        windows.value_sign,
        windows.obs_status,
        enclosed.enclosing_value,
        enclosed.enclosing_value - windows.value as beyond_value,
        enclosed.enclosing_key,

        -- provenance
        windows.printed,
        windows.published_on,
        windows.has_warnings,
        windows.data_as_of,
        windows.newer_load_in_quarantine,
        windows.table_id,
        windows.edition,
        windows.publication_sha256,
        windows.locator
    from windows
    left join enclosed
        on windows.observation_key = enclosed.observation_key
),

receipted as (
    select
        {{ contracted_columns('mart_programme_windows') }},
        {{ receipts([
            {'column': 'value', 'keys': observation_receipt('observation_key')},
            {'column': 'value_upper', 'keys': observation_receipt('observation_key')},
            {'column': 'enclosing_value', 'keys': observation_receipt('enclosing_key')},
            {'column': 'beyond_value', 'keys': 'array[' ~ observation_receipt('observation_key') ~ ', ' ~ observation_receipt('enclosing_key') ~ ']'},
        ]) }} as receipts
    from described
)

select * from receipted
