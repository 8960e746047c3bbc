with {{ accepted_rows('scheme_rules') }},

accepted as (
    select
        -- keys
        staged.load_id,
        staged.row_number,

        -- rule
        staged.scheme_code,
        staged.rule_code,
        staged.statement_zh,
        staged.indicator_code,

        -- threshold
        staged.comparison,
        staged.threshold,
        staged.unit_measure,
        staged.unit_mult,
        staged.is_binding,
        staged.base_year,

        -- validity
        staged.valid_from,
        staged.valid_to,
        staged.basis,
        staged.note,

        -- provenance
        {{ accepted_provenance() }}
    from staged
    inner join accepted_loads
        on staged.load_id = accepted_loads.load_id
)

select * from accepted
