-- The one figure per original mountain county, year and indicator that a wide mart may show: annual, meant for readers,
-- a number and not a bound (in a column of numbers a bound would lose its qualifier; it stays in
-- mart_division_figures).
with observations as (
    select * from {{ ref('fct_observations') }}
    where
        subject_kind = 'division'
        and is_for_readers
        and value is not null
        and value_qualifier in ('EXACT', 'APPROX')
        and counterpart_name is null
        and (freq = 'A' or accum = 'PIT')
        and period_end is not null
),

members as (
    select distinct division_code
    from {{ ref('dim_list_membership') }}
    where list_code = '{{ var("original_list_code") }}'
),

-- A state at the year's end before one inside the year; among vintages of one period, the first in rank.
chosen as (
    select distinct on (
        observations.division_code,
        extract(year from observations.period_end),
        observations.indicator_code
    )
        observations.division_code,
        extract(year from observations.period_end)::integer as year,
        observations.indicator_code,
        observations.boundary_version,
        observations.value,
        observations.unit_measure,
        observations.obs_status,
        observations.estimate_round,
        observations.vintage_set_id,
        observations.published_on,
        observations.has_warnings,
        observations.data_as_of,
        observations.newer_load_in_quarantine,
        observations.table_id || '/' || observations.edition as publication,
        observations.observation_key
    from observations
    inner join members
        on observations.division_code = members.division_code
    order by
        observations.division_code asc,
        extract(year from observations.period_end) asc,
        observations.indicator_code asc,
        (observations.freq = 'A') desc,
        observations.period_end desc,
        observations.vintage_rank asc,
        observations.accum asc
)

select * from chosen
