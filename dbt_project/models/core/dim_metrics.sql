with metrics as (
    select * from {{ ref('metrics') }}
),

described as (
    select
        -- keys
        metric_code,
        metric_id,

        -- description
        name_zh,
        name_en,
        theme,
        aspect,
        grain,

        -- how it is made and read
        operation,
        formula,
        unit_measure,
        population_basis,
        is_additive,
        flag_rule,
        ground,
        reason
    from metrics
)

select * from described
