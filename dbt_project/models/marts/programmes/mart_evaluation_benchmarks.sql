with benchmarks as (
    select * from {{ ref('dim_evaluation_benchmarks') }}
),

divisions as (
    select * from {{ ref('dim_divisions') }}
    where is_current
),

described as (
    select
        benchmarks.*,
        divisions.name_zh as division_name_zh,
        lag(benchmarks.benchmark_value) over (
            partition by benchmarks.scheme_code, benchmarks.division_code, benchmarks.criterion_code
            order by benchmarks.evaluation_year
        ) as previous_benchmark_value,
        {{ register_receipt('dim_evaluation_benchmarks', 'benchmarks.register_key') }} as benchmark_receipt,
        false as has_warnings,
        null::date as data_as_of,
        false as newer_load_in_quarantine
    from benchmarks
    left join divisions
        on benchmarks.division_code = divisions.division_code
),

receipted as (
    select
        {{ contracted_columns('mart_evaluation_benchmarks') }},
        {{ receipts([
            {'column': 'benchmark_value', 'keys': 'benchmark_receipt'},
            {'column': 'previous_benchmark_value', 'keys': 'benchmark_receipt'},
            {'column': 'weight_pct', 'keys': 'benchmark_receipt'},
        ]) }} as receipts
    from described
)

select * from receipted
