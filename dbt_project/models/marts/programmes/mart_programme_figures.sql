with observations as (
    select * from {{ ref('fct_observations') }}
    where
        subject_kind in ('programme', 'park', 'zone', 'project', 'enterprise', 'pairing')
        and vintage_rank = 1
        and is_for_readers
),

indicators as (
    select * from {{ ref('dim_indicators') }}
),

qualifiers as (
    select * from {{ ref('value_qualifiers') }}
),

parks as (
    select * from {{ ref('dim_parks') }}
),

projects as (
    select * from {{ ref('dim_projects') }}
),

programmes as (
    select * from {{ ref('dim_programmes') }}
),

-- A park's or project's figure belongs to the programme of the park or project.
placed as (
    select
        observations.*,
        coalesce(observations.programme_code, parks.programme_code, projects.programme_code) as figure_programme_code
    from observations
    left join parks
        on observations.park_code = parks.park_code
    left join projects
        on observations.project_code = projects.project_code
),

described as (
    select
        -- keys
        placed.observation_key,
        placed.subject_kind,
        placed.subject_name,
        placed.figure_programme_code as programme_code,
        placed.park_code,
        placed.project_code,
        placed.counterpart_name,
        placed.indicator_code,
        placed.freq,
        placed.time_period,
        placed.accum,
        placed.period_start,
        placed.period_end,
        placed.window_code,

        -- description
        programmes.name_zh as programme_name_zh,
        programmes.name_en as programme_name_en,
        indicators.name_zh as indicator_name_zh,
        indicators.name_en as indicator_name_en,
        indicators.coverage,
        indicators.is_additive,

        -- measures
        placed.value,
        placed.value_upper,
        placed.unit_measure,
        placed.value_qualifier,
        qualifiers.sign as value_sign,
        placed.obs_text,
        placed.obs_status,
        placed.comment,

        -- provenance
        placed.printed,
        placed.unit_printed,
        placed.published_on,
        placed.has_warnings,
        placed.data_as_of,
        placed.newer_load_in_quarantine,
        placed.table_id,
        placed.edition,
        placed.publication_sha256,
        placed.locator
    from placed
    inner join indicators
        on placed.indicator_code = indicators.indicator_code
    inner join qualifiers
        on placed.value_qualifier = qualifiers.value_qualifier
    left join programmes
        on placed.figure_programme_code = programmes.programme_code
),

receipted as (
    select
        {{ contracted_columns('mart_programme_figures') }},
        {{ receipts([
            {'column': 'value', 'keys': observation_receipt('observation_key')},
            {'column': 'value_upper', 'keys': observation_receipt('observation_key')},
            {'column': 'obs_text', 'keys': observation_receipt('observation_key')},
        ]) }} as receipts
    from described
)

select * from receipted
