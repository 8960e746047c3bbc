with results as (
    select * from {{ ref('fct_scheme_results') }}
),

consortia as (
    select * from {{ ref('dim_consortia') }}
),

described as (
    select
        results.*,
        case
            when results.subject_kind != 'pairing' then results.subject_name
            when consortia.is_named
                then consortia.industrial_county_name_zh || '—' || consortia.mountain_county_name_zh
        end as subject_shown_zh
    from results
    left join consortia
        on results.subject_kind = 'pairing' and results.subject_name = consortia.consortium_code
),

receipted as (
    select
        {{ contracted_columns('mart_scheme_results') }},
        {{ receipts([
            {'column': 'result', 'keys': "string_to_array(inputs, ' ')"},
            {'column': 'threshold_value', 'keys': "string_to_array(inputs, ' ')"},
            {'column': 'value', 'keys': "string_to_array(inputs, ' ')"},
            {'column': 'distance_value', 'keys': "string_to_array(inputs, ' ')"},
        ]) }} as receipts
    from described
)

select * from receipted
