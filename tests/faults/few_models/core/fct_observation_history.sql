with staged as (
    select * from {{ source('staging', 'observations') }}
),

accepted_loads as (
    select * from {{ ref('stg_ops__accepted_loads') }}
)

select
    staged.load_id,
    staged.row_number,
    staged.subject_name,
    staged.indicator_code,
    staged.time_period,
    staged.printed,
    staged.value
from staged
inner join accepted_loads
    on staged.load_id = accepted_loads.load_id
