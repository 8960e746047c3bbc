-- What each side of an enclave may count, by ledger (domain §3.4): in-place statistics give the host everything; agreed
-- shares may count an amount on both sides; the unique ledger counts it once; money really transferred adds to 100.
with enclaves as (
    select * from {{ ref('enclave_directions') }}
),

agreed as (
    select * from {{ ref('enclave_shares') }}
),

publications as (
    select * from {{ ref('dim_publications') }}
),

figures as (
    select * from {{ ref('fct_observations') }}
    where
        indicator_code in ('output_value', 'enclave_tax', 'retained_local_tax')
        and park_code is not null
        and is_for_readers
        and vintage_rank = 1
),

-- Every ledger is there for every enclave, and every side in it, whether a share was published or not.
sides as (
    select
        enclaves.*,
        ledgers.ledger,
        sides.side,
        case sides.side when 'host' then enclaves.host_name else enclaves.sender_name end as area_name,
        case sides.side when 'host' then enclaves.host_code else enclaves.sender_code end as division_code
    from enclaves
    cross join (values ('territorial'), ('assessment'), ('unique'), ('transfer')) as ledgers (ledger)
    cross join (values ('host'), ('sender')) as sides (side)
),

-- What is shared: every figure, and what was agreed of an indicator without a figure.
subjects as (
    select distinct
        figures.observation_key,
        coalesce(figures.park_code, agreed.park_code) as park_code,
        coalesce(figures.indicator_code, agreed.indicator_code) as indicator_code
    from agreed
    full join figures
        on
            agreed.park_code = figures.park_code
            and agreed.indicator_code = figures.indicator_code
),

shared as (
    select
        sides.*,
        subjects.indicator_code,
        subjects.observation_key,
        case
            when sides.ledger in ('territorial', 'unique') then case sides.side when 'host' then 100 else 0 end
            else agreed.share_pct
        end as share_pct
    from sides
    left join subjects
        on sides.park_code = subjects.park_code
    left join agreed
        on
            sides.park_code = agreed.park_code
            and subjects.indicator_code = agreed.indicator_code
            and sides.ledger = agreed.ledger
            and sides.side = agreed.side
),

described as (
    select
        -- keys
        {{ surrogate_key([
            'shared.park_code',
            'shared.indicator_code',
            'shared.observation_key',
            'shared.ledger',
            'shared.side',
        ]) }} as register_key,
        shared.park_code,
        shared.indicator_code,
        shared.observation_key,
        shared.ledger,
        shared.side,

        -- whose
        shared.direction as enclave_direction,
        shared.area_name,
        shared.division_code,
        figures.time_period,
        figures.period_end,

        -- shares and amounts
        shared.share_pct,
        trim_scale(figures.value * shared.share_pct / 100) as amount_cny,
        figures.value as whole_amount_cny,
        figures.value_qualifier,
        case
            when shared.share_pct is null then 'O'
            when figures.value is null then 'O'
            else figures.obs_status
        end as obs_status,
        case
            when shared.share_pct is null then 'No agreed share was published · 分成比例未公布'
            when figures.value is null then 'No amount was published · 金额未公布'
        end as reason,
        coalesce(figures.has_warnings, false) as has_warnings,
        coalesce(figures.data_as_of, publications.published_on) as data_as_of,
        coalesce(figures.newer_load_in_quarantine, false) as newer_load_in_quarantine,

        -- provenance
        {{ quoted_provenance('shared') }}
    from shared
    left join figures
        on shared.observation_key = figures.observation_key
    {{ quoted_publication('shared') }}
)

select * from described
