with results as (
    select
        scheme_code,
        rule_code,
        assessed_year,
        max(statement_zh) as statement_zh,
        bool_and(is_binding) as is_binding,
        count(*)::integer as subjects_count,
        {%- for result in ['passes', 'fails', 'unknown', 'distance'] %}
        (count(*) filter (where result = '{{ result }}'))::integer as {{ result }}_count,
        {%- endfor %}
        max(reason) filter (where result = 'unknown') as reason,
        {{ standing_of_group() }},
        {{ receipts_of_group(register_receipt('fct_scheme_results', 'register_key')) }} as result_keys
    from {{ ref('fct_scheme_results') }}
    group by scheme_code, rule_code, assessed_year
),

programmes as (
    select * from {{ ref('dim_programmes') }}
),

-- A share of those that are known would hide the unknown: it is given only where nothing is unknown.
described as (
    select
        results.*,
        programmes.name_zh as programme_name_zh,
        programmes.name_en as programme_name_en,
        programmes.valid_to as programme_valid_to,
        case
            when results.unknown_count = 0 and results.distance_count = 0
                then trim_scale(round(100.0 * results.passes_count / results.subjects_count, 6))
        end as passes_share_pct
    from results
    left join programmes
        on results.scheme_code = programmes.programme_code
),

receipted as (
    select
        {{ contracted_columns('mart_programme_progress') }},
        {{ receipts([
            {'column': 'subjects_count', 'keys': 'result_keys'},
            {'column': 'passes_count', 'keys': 'result_keys'},
            {'column': 'fails_count', 'keys': 'result_keys'},
            {'column': 'unknown_count', 'keys': 'result_keys'},
            {'column': 'distance_count', 'keys': 'result_keys'},
            {'column': 'passes_share_pct', 'keys': 'result_keys'},
        ]) }} as receipts
    from described
)

select * from receipted
