with benchmarks as (
    select * from {{ ref('evaluation_benchmarks') }}
),

described as (
    select
        -- keys
        {{ surrogate_key(['scheme_code', 'division_code', 'evaluation_year', 'criterion_code']) }} as register_key,
        scheme_code,
        division_code,
        evaluation_year,
        criterion_code,

        -- benchmark
        benchmark as benchmark_printed,
        unit_mult,
        trim_scale(benchmark * power(10::numeric, coalesce(unit_mult, 0))) as benchmark_value,
        unit_measure,
        weight_pct,
        obs_status,
        reason,

        -- provenance
        basis,
        null::text as table_id,
        null::text as edition,
        null::text as publication_sha256,
        null::text as locator
    from benchmarks
)

select * from described
