with contradictions as (
    select * from {{ ref('contradictions') }}
),

listed as (
    select {{ contracted_columns('mart_contradictions') }}
    from contradictions
)

select * from listed
