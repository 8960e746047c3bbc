with indicators as (
    select * from {{ ref('indicators') }}
),

described as (
    select
        -- keys
        indicator_code,

        -- description
        name_zh,
        name_en,
        definition_zh,
        definition_en,

        -- how to read its figures
        unit_measure,
        measure,
        default_accum,
        growth_basis,
        coverage,
        population_basis,
        is_additive,
        classification
    from indicators
)

select * from described
