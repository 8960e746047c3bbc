with rules as (
    select * from {{ ref('stg_publications__scheme_rules') }}
    where is_latest
),

indicators as (
    select * from {{ ref('dim_indicators') }}
),

-- A rule printed twice (in two publications, or in two editions) is one rule; the newer wording holds.
latest as (
    select distinct on (scheme_code, rule_code, valid_from) *
    from rules
    order by
        scheme_code asc,
        rule_code asc,
        valid_from asc,
        published_on desc nulls last,
        table_id asc,
        edition asc,
        row_number asc
),

described as (
    select
        -- keys
        {{ surrogate_key(['latest.scheme_code', 'latest.rule_code', 'latest.valid_from']) }} as register_key,
        latest.scheme_code,
        latest.rule_code,
        latest.valid_from,
        latest.valid_to,

        -- rule
        latest.statement_zh,
        latest.indicator_code,
        indicators.name_zh as indicator_name_zh,
        indicators.name_en as indicator_name_en,
        latest.comparison,
        latest.comparison in ('gt', 'lt') as is_strict,
        latest.is_binding,
        latest.base_year::integer as base_year,

        -- threshold
        latest.threshold as threshold_printed,
        latest.unit_mult::integer as unit_mult,
        trim_scale(latest.threshold * power(10::numeric, coalesce(latest.unit_mult, 0))) as threshold_value,
        latest.unit_measure,

        -- provenance
        latest.basis,
        latest.note,
        latest.table_id,
        latest.edition,
        latest.publication_sha256,
        latest.locator,
        latest.published_on
    from latest
    left join indicators
        on latest.indicator_code = indicators.indicator_code
)

select * from described
