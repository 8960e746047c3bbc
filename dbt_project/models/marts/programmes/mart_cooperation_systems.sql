with systems as (
    select * from {{ ref('dim_cooperation_systems') }}
),

programmes as (
    select * from {{ ref('dim_programmes') }}
),

indicators as (
    select * from {{ ref('dim_indicators') }}
),

figures as (
    select * from {{ ref('fct_observations') }}
    where is_for_readers and vintage_rank = 1
),

-- A system without a figure keeps its row: nothing of the articles is only text. Its figures are those of the
-- publication that tells of it, not every figure of the indicator.
described as (
    select
        systems.system_code,
        systems.name_zh as system_name_zh,
        systems.name_en as system_name_en,
        systems.system_kind,
        systems.programme_code,
        programmes.name_zh as programme_name_zh,
        figures.observation_key,
        figures.subject_name,
        figures.counterpart_name,
        figures.indicator_code,
        indicators.name_zh as indicator_name_zh,
        indicators.name_en as indicator_name_en,
        figures.window_code,
        figures.period_end,
        figures.value,
        figures.value_upper,
        figures.unit_measure,
        figures.obs_text,
        coalesce(figures.value_qualifier, 'EXACT') as value_qualifier,
        coalesce(figures.obs_status, 'O') as obs_status,
        case when figures.observation_key is null then systems.reason end as reason,
        coalesce(figures.has_warnings, false) as has_warnings,
        coalesce(figures.data_as_of, systems.published_on) as data_as_of,
        coalesce(figures.newer_load_in_quarantine, false) as newer_load_in_quarantine,
        systems.table_id,
        systems.edition,
        systems.publication_sha256,
        systems.locator
    from systems
    left join programmes
        on systems.programme_code = programmes.programme_code
    left join figures
        on
            figures.indicator_code = any(string_to_array(systems.indicator_codes, ' '))
            and systems.table_id = figures.table_id
    left join indicators
        on figures.indicator_code = indicators.indicator_code
),

receipted as (
    select
        {{ contracted_columns('mart_cooperation_systems') }},
        {{ receipts([
            {'column': 'value', 'keys': observation_receipt('observation_key')},
            {'column': 'value_upper', 'keys': observation_receipt('observation_key')},
            {'column': 'obs_text', 'keys': observation_receipt('observation_key')},
        ]) }} as receipts
    from described
)

select * from receipted
