with rules as (
    select * from {{ ref('dim_scheme_rules') }}
),

results as (
    select
        scheme_code,
        rule_code,
        count(*)::integer as results_count,
        (count(*) filter (where result = 'unknown'))::integer as unknown_results_count,
        {{ standing_of_group() }},
        {{ receipts_of_group(register_receipt('fct_scheme_results', 'register_key')) }} as result_keys
    from {{ ref('fct_scheme_results') }}
    group by scheme_code, rule_code
),

described as (
    select
        -- keys
        rules.scheme_code,
        rules.rule_code,
        rules.valid_from,
        rules.valid_to,

        -- rule
        rules.statement_zh,
        rules.indicator_code,
        rules.indicator_name_zh,
        rules.indicator_name_en,
        rules.comparison,
        rules.is_strict,
        rules.is_binding,
        rules.base_year,

        -- measures
        rules.threshold_printed,
        rules.unit_mult,
        rules.threshold_value,
        rules.unit_measure,
        coalesce(results.results_count, 0) as results_count,
        coalesce(results.unknown_results_count, 0) as unknown_results_count,

        -- provenance
        rules.basis,
        rules.note,
        rules.publication_sha256,
        rules.locator,
        coalesce(results.has_warnings, false) as has_warnings,
        coalesce(results.data_as_of, rules.published_on) as data_as_of,
        coalesce(results.newer_load_in_quarantine, false) as newer_load_in_quarantine,
        {{ register_receipt('dim_scheme_rules', 'rules.register_key') }} as rule_receipt,
        coalesce(
            results.result_keys, array[{{ register_receipt('dim_scheme_rules', 'rules.register_key') }}]
        ) as result_keys
    from rules
    left join results
        on
            rules.scheme_code = results.scheme_code
            and rules.rule_code = results.rule_code
),

receipted as (
    select
        {{ contracted_columns('mart_scheme_rules') }},
        {{ receipts([
            {'column': 'threshold_printed', 'keys': 'rule_receipt'},
            {'column': 'threshold_value', 'keys': 'rule_receipt'},
            {'column': 'results_count', 'keys': 'result_keys'},
            {'column': 'unknown_results_count', 'keys': 'result_keys'},
        ]) }} as receipts
    from described
)

select * from receipted
