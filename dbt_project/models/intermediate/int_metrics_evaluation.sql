-- M32: grades of the evaluation by yield per mu as shares of the evaluated, per size class (the counterpart). Where
-- grades do not add up to the evaluated, no share is given: the missing units may be in any grade (domain §3.1).
with figures as (
    select
        *,
        case when indicator_code like '%below_scale%' then 'BELOW_SCALE' else 'ABOVE_SCALE' end as size_class
    from {{ ref('fct_observations') }}
    where
        indicator_code ~ '^(evaluated|grade_[abcd])_(above|below)_scale_enterprises$'
        and vintage_rank = 1
),

evaluated as (
    select * from figures
    where indicator_code like 'evaluated%'
),

graded as (
    select
        *,
        substr(indicator_code, 7, 1) as grade
    from figures
    where indicator_code like 'grade%'
),

-- Enterprises in any grade; a grade that nobody published leaves the total, and so every share, unknown.
totals as (
    select
        division_code,
        period_end,
        size_class,
        vintage_set_id,
        {%- for grade in ['a', 'b', 'c', 'd'] %}
        max(value) filter (where grade = '{{ grade }}'){{ ' +' if not loop.last }}
        {%- endfor %} as graded_value
    from graded
    group by division_code, period_end, size_class, vintage_set_id
),

shares as (
    select
        'grade_' || part.grade || '_share' as metric_code,
        whole.subject_kind,
        whole.subject_name,
        whole.division_code,
        whole.list_code,
        whole.park_code,
        whole.project_code,
        whole.programme_code,
        whole.size_class as counterpart_name,
        whole.boundary_version,
        whole.freq,
        whole.time_period,
        whole.accum,
        whole.period_start,
        whole.period_end,
        case when totals.graded_value = whole.value then trim_scale(part.value / nullif(whole.value, 0) * 100) end
            as value,
        'EXACT' as value_qualifier,
        whole.estimate_round,
        whole.vintage_set_id,
        whole.population_basis,
        {{ metric_inputs_of({'part': 'part', 'whole': 'whole'}) }},
        case
            when not coalesce(totals.graded_value = whole.value, false)
                then 'grades do not add up to the evaluated · 各类合计与参评数不符'
        end as comment
    from graded as part
    inner join evaluated as whole
        on
            part.division_code = whole.division_code
            and part.period_end = whole.period_end
            and part.size_class = whole.size_class
            and part.vintage_set_id = whole.vintage_set_id
    inner join totals
        on
            part.division_code = totals.division_code
            and part.period_end = totals.period_end
            and part.size_class = totals.size_class
            and part.vintage_set_id = totals.vintage_set_id
)

select * from shares
