with allocations as (
    select * from {{ ref('fct_enclave_allocations') }}
),

parks as (
    select * from {{ ref('dim_parks') }}
),

-- One row for an amount: what each ledger makes of it. A sum over a side that is unknown is unknown.
summed as (
    select
        park_code,
        indicator_code,
        observation_key,
        max(enclave_direction) as enclave_direction,
        max(area_name) filter (where side = 'host') as host_name,
        max(area_name) filter (where side = 'sender') as sender_name,
        max(time_period) as time_period,
        max(value_qualifier) as value_qualifier,
        max(whole_amount_cny) as whole_amount_cny,
        {%- for ledger in ['territorial', 'assessment', 'unique', 'transfer'] %}
        case
            when count(*) filter (where ledger = '{{ ledger }}' and amount_cny is null) = 0
                then sum(amount_cny) filter (where ledger = '{{ ledger }}')
        end as {{ ledger }}_amount_cny,
        {%- endfor %}
        sum(share_pct) filter (where ledger = 'assessment') as assessment_shares_pct,
        sum(share_pct) filter (where ledger = 'transfer') as transfer_shares_pct,
        string_agg(distinct reason, '; ' order by reason) as reason,
        {{ standing_of_group() }},
        {{ receipts_of_group(register_receipt('fct_enclave_allocations', 'register_key')) }} as allocation_keys
    from allocations
    group by park_code, indicator_code, observation_key
),

described as (
    select
        summed.*,
        parks.name_zh as park_name_zh,
        -- E1: what the ledger of assessment counts more than once.
        summed.assessment_amount_cny - summed.unique_amount_cny as duplicated_amount_cny,
        case when summed.whole_amount_cny is null then 'O' else 'A' end as obs_status
    from summed
    left join parks
        on summed.park_code = parks.park_code
),

receipted as (
    select
        {{ contracted_columns('mart_enclave_ledgers') }},
        {{ receipts([
            {'column': 'whole_amount_cny', 'keys': observation_receipt('observation_key')},
            {'column': 'territorial_amount_cny', 'keys': 'allocation_keys'},
            {'column': 'assessment_amount_cny', 'keys': 'allocation_keys'},
            {'column': 'unique_amount_cny', 'keys': 'allocation_keys'},
            {'column': 'transfer_amount_cny', 'keys': 'allocation_keys'},
            {'column': 'duplicated_amount_cny', 'keys': 'allocation_keys'},
            {'column': 'assessment_shares_pct', 'keys': 'allocation_keys'},
            {'column': 'transfer_shares_pct', 'keys': 'allocation_keys'},
        ]) }} as receipts
    from described
)

select * from receipted
