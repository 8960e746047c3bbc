-- Loads that count: their last verdict accepted them. A later issue of an edition comes before any reading of an
-- earlier one.
create or replace view ops.accepted_loads as
select
    loads.load_id,
    loads.publisher_id,
    loads.table_id,
    loads.edition,
    loads.relation,
    loads.publication_sha256,
    loads.published_on,
    loads.loaded_at,
    row_number() over (
        partition by loads.table_id, loads.edition
        order by coalesce(loads.issue, 1) desc, loads.loaded_at desc, loads.load_id desc
    ) = 1 as is_latest,
    coalesce(loads.issue, 1)::smallint as issue,
    coalesce(latest_verdict.warnings_count, 0) as warnings_count,
    coalesce(latest_verdict.waivers_count, 0) as waivers_count,
    coalesce(latest_verdict.warnings, '{}') as warnings
from ops.loads
inner join lateral (
    select verdicts.is_accepted, verdicts.warnings_count, verdicts.waivers_count, verdicts.warnings
    from ops.verdicts
    where verdicts.load_id = loads.load_id
    order by verdicts.verdict_id desc
    limit 1
) as latest_verdict on latest_verdict.is_accepted;

-- A load without a verdict has not passed: it stands in quarantine, whatever kept the verdict away.
create view ops.load_standing as
with judged as (
    select
        loads.load_id,
        loads.publisher_id,
        loads.table_id,
        loads.edition,
        coalesce(loads.issue, 1) as issue,
        loads.relation,
        loads.period_end,
        loads.published_on,
        loads.loaded_by,
        loads.loaded_at,
        verdict.verdict_id,
        coalesce(verdict.is_accepted, false) as is_accepted,
        coalesce(verdict.reason, 'no verdict is stored · 尚无校验结论') as reason,
        coalesce(verdict.decided_at, loads.loaded_at) as judged_at,
        decision.action as decision,
        decision.owner,
        decision.due_on
    from ops.loads
    left join lateral (
        select * from ops.verdicts where verdicts.load_id = loads.load_id order by verdict_id desc limit 1
    ) as verdict on true
    left join lateral (
        select * from ops.decisions where decisions.load_id = loads.load_id order by decision_id desc limit 1
    ) as decision on true
),

ordered as (
    select
        *,
        coalesce(bool_or(is_accepted) over (
            partition by table_id, edition order by issue, load_id rows between 1 following and unbounded following
        ), false) as is_superseded
    from judged
)

select
    load_id,
    publisher_id,
    table_id,
    edition,
    issue,
    relation,
    period_end,
    published_on,
    loaded_by,
    loaded_at,
    verdict_id,
    reason,
    judged_at,
    decision,
    owner,
    due_on,
    is_superseded,
    case
        when is_accepted then 'accepted'
        when decision = 'reject' then 'rejected'
        when is_superseded then 'superseded'
        else 'quarantined'
    end as state
from ordered;

create view ops.quarantine as
select
    load_id,
    publisher_id,
    table_id,
    edition,
    issue,
    reason,
    judged_at as quarantined_at,
    current_date - judged_at::date as age_days,
    coalesce(owner, 'engineer on duty') as owner,
    coalesce(due_on, judged_at::date + 10) as due_on,
    current_date > coalesce(due_on, judged_at::date + 10) as is_overdue,
    decision
from ops.load_standing
where state = 'quarantined';

-- What a table's readers stand on: the newest accepted publication, and whether a newer one waits.
create view ops.source_standing as
with standing as (
    select * from ops.load_standing
),

unread as (
    select distinct refusals.table_id
    from ops.refusals
    where not exists (
        select from ops.loads
        where loads.table_id = refusals.table_id and loads.edition = refusals.edition
            and loads.loaded_at > refusals.refused_at
    )
),

tables as (
    select
        table_id,
        min(publisher_id) as publisher_id,
        (array_agg(load_id order by published_on desc nulls last, load_id desc)
            filter (where state = 'accepted'))[1] as last_accepted_load_id,
        max(published_on) filter (where state = 'accepted') as data_as_of,
        max(loaded_at) filter (where state = 'accepted') as data_loaded_at,
        count(*) filter (where state = 'quarantined') > 0 as newer_load_in_quarantine,
        coalesce(
            array_agg(load_id order by load_id) filter (where state = 'quarantined'), '{}'
        ) as quarantined_load_ids
    from standing
    group by table_id
)

select
    tables.*,
    unread.table_id is not null as newer_edition_refused
from tables
left join unread on tables.table_id = unread.table_id;

create view ops.waiver_standing as
select
    waivers.*,
    waivers.expires_on < current_date as is_expired,
    -- Only an expired waiver on which an accepted load still rests is red.
    waivers.expires_on < current_date and exists (
        select from ops.failing_rows
        inner join ops.load_standing on failing_rows.verdict_id = load_standing.verdict_id
        where failing_rows.waiver_id = waivers.waiver_id
            and load_standing.state = 'accepted' and not load_standing.is_superseded
    ) as is_red
from ops.waivers;

-- How much of what was declared ran for the release that readers see: expectations on its loads, tests on its models.
create view ops.gate_coverage as
with promoted as (
    select releases.*
    from ops.promotions
    inner join ops.releases on promotions.release_id = releases.release_id
    order by promotions.promotion_id desc
    limit 1
),

judged as (
    select
        coalesce(sum(verdict.expectations_declared), 0) as expectations_declared,
        coalesce(sum(verdict.expectations_run), 0) as expectations_run,
        count(*) filter (where verdict.verdict_id is null or verdict.expectations_declared = 0) as loads_unjudged
    from promoted
    cross join unnest(promoted.load_ids) as release_load (load_id)
    left join lateral (
        select * from ops.verdicts
        where verdicts.load_id = release_load.load_id and verdicts.decided_at <= promoted.built_at
        order by verdicts.verdict_id desc limit 1
    ) as verdict on true
)

select
    promoted.release_id,
    judged.expectations_declared,
    judged.expectations_run,
    promoted.tests_declared,
    promoted.tests_run,
    judged.loads_unjudged,
    round(
        (judged.expectations_run + promoted.tests_run)::numeric
        / nullif(judged.expectations_declared + promoted.tests_declared + judged.loads_unjudged, 0),
        6
    ) as share_run
from promoted
cross join judged;
