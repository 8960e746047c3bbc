-- A load that was accepted for a while is accepted no longer: whoever owns the waiver renews it or rejects the load.
select
    waiver_id,
    table_id,
    expectation_id,
    owner,
    expires_on
from {{ source('ops', 'waiver_standing') }}
where is_red
