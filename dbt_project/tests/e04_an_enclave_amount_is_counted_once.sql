-- E1: the unique ledger holds each amount once, the territorial one gives it to the host alone, transfers add to 100,
-- and what assessment counts over the unique ledger is what is shown as duplicated.
select
    unique_amount_cny,
    territorial_amount_cny,
    whole_amount_cny,
    transfer_shares_pct
from {{ ref('mart_enclave_ledgers') }}
where
    unique_amount_cny != whole_amount_cny
    or territorial_amount_cny != whole_amount_cny
    or transfer_shares_pct != 100
    or assessment_amount_cny - unique_amount_cny != duplicated_amount_cny
