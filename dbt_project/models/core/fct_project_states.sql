with changes as (
    select * from {{ ref('project_state_changes') }}
),

states as (
    select * from {{ ref('project_states') }}
),

publications as (
    select * from {{ ref('dim_publications') }}
),

described as (
    select
        -- keys
        {{ surrogate_key(['changes.project_code', 'changes.project_state']) }} as register_key,
        changes.project_code,
        changes.project_state,

        -- state
        states.step,
        states.counts_as,
        states.is_end,
        changes.reached_on,
        changes.date_precision,
        changes.is_expected,
        case
            when changes.is_expected then 'F'
            when changes.reached_on is null then 'O'
            else 'A'
        end as obs_status,
        changes.note,

        -- provenance
        {{ quoted_provenance('changes') }}
    from changes
    inner join states
        on changes.project_state = states.project_state
    {{ quoted_publication('changes') }}
)

select * from described
