with flows as (
    select * from {{ ref('fct_fund_flows') }}
),

programmes as (
    select * from {{ ref('dim_programmes') }}
),

described as (
    select
        flows.*,
        programmes.name_zh as programme_name_zh
    from flows
    left join programmes
        on flows.programme_code = programmes.programme_code
),

receipted as (
    select
        {{ contracted_columns('mart_fund_flows') }},
        {{ receipts([{'column': 'amount_cny', 'keys': 'receipt'}]) }} as receipts
    from described
)

select * from receipted
