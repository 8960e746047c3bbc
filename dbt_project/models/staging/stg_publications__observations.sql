with {{ accepted_rows('observations') }},

accepted as (
    select
        -- keys
        staged.load_id,
        staged.row_number,

        -- whose figure
        staged.subject_kind,
        staged.subject_name,
        staged.division_code,
        staged.counterpart_name,

        -- which figure
        staged.indicator_code,
        staged.freq,
        staged.time_period,
        staged.accum,
        staged.period_start,
        staged.period_end,

        -- the figure
        staged.printed,
        staged.obs_value,
        staged.obs_value_upper,
        staged.obs_text,
        staged.unit_printed,
        staged.unit_measure,
        staged.unit_mult,
        staged.decimals,
        staged.value,
        staged.value_upper,
        staged.value_qualifier,

        -- its attributes
        staged.obs_status,
        staged.conf_status,
        staged.estimate_round,
        staged.vintage_set_id,
        staged.comment,

        -- provenance
        {{ accepted_provenance('coalesce(staged.published_on, accepted_loads.published_on)') }}
    from staged
    inner join accepted_loads
        on staged.load_id = accepted_loads.load_id
    -- A publication may date single figures; what has no date at all cannot have been said before its period ended.
    where {{ was_published('coalesce(staged.published_on, accepted_loads.published_on, staged.period_end)') }}
)

select * from accepted
