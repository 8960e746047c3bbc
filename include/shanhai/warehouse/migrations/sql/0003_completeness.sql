-- What was due by a day and what became of it, from calendars and the ledger alone: nothing of Airflow is asked.
-- Every declared edition has a row; so has every period of a regular table for which no edition is declared.
create function ops.completeness_on(today date) returns table (
    publisher_id text,
    table_id text,
    edition text,
    issue smallint,
    period_end date,
    publisher_due_on date,
    our_due_on date,
    load_id bigint,
    published_on date,
    loaded_at timestamptz,
    publisher_lag_days integer,
    our_lag_days integer,
    publisher_is_late boolean,
    we_are_late boolean,
    is_released boolean,
    state text,
    reason text
)
language sql stable
set search_path = pg_catalog as $function$
with calendars as (
    select distinct on (calendars.table_id)
        calendars.publisher_id, calendars.table_id, calendars.calendar,
        coalesce((calendars.calendar ->> 'load_days')::integer, 7) as load_days,
        (calendars.calendar ->> 'due_days')::integer as due_days
    from ops.calendars
    order by calendars.table_id, calendars.calendar_id desc
),

declared as (
    select
        calendars.table_id,
        entry ->> 'edition' as edition,
        (entry ->> 'issue')::smallint as issue,
        min(calendars.declared_at)::date as declared_on
    from ops.calendars
    cross join jsonb_array_elements(calendars.calendar -> 'editions') as entry
    group by 1, 2, 3
),

released as (
    select releases.load_ids
    from ops.promotions
    inner join ops.releases on promotions.release_id = releases.release_id
    order by promotions.promotion_id desc
    limit 1
),

editions as (
    select
        calendars.publisher_id,
        calendars.table_id,
        entry ->> 'edition' as edition,
        (entry ->> 'issue')::smallint as issue,
        (entry ->> 'period_end')::date as period_end,
        (entry ->> 'period_end')::date + calendars.due_days as publisher_due_on,
        greatest((entry ->> 'published_on')::date, declared.declared_on) + calendars.load_days as our_due_on,
        (entry ->> 'published_on')::date as published_on,
        calendars.load_days
    from calendars
    cross join jsonb_array_elements(calendars.calendar -> 'editions') as entry
    inner join declared
        on declared.table_id = calendars.table_id
        and declared.edition = entry ->> 'edition' and declared.issue = (entry ->> 'issue')::smallint
),

found as (
    select
        editions.*,
        standing.load_id,
        standing.loaded_at,
        standing.state as load_state,
        standing.reason as load_reason,
        refusal.reason as refusal_reason,
        coalesce(standing.load_id = any(released.load_ids), false) as is_released,
        exists (
            select from ops.load_standing as later
            where later.table_id = editions.table_id and later.edition = editions.edition
                and later.issue > editions.issue and later.state = 'accepted'
        ) as is_superseded
    from editions
    left join released on true
    left join lateral (
        select * from ops.load_standing as load
        where load.table_id = editions.table_id and load.edition = editions.edition and load.issue = editions.issue
        order by (load.state = 'accepted') desc, load.load_id desc limit 1
    ) as standing on true
    left join lateral (
        select refusals.reason from ops.refusals
        where refusals.table_id = editions.table_id and refusals.edition = editions.edition
            and coalesce(refusals.issue, 1) = editions.issue
        order by refusals.refusal_id desc limit 1
    ) as refusal on standing.load_id is null
),

edition_rows as (
    select
        publisher_id, table_id, edition, issue, period_end, publisher_due_on, our_due_on, load_id, published_on,
        loaded_at,
        published_on - period_end as publisher_lag_days,
        loaded_at::date - (our_due_on - load_days) as our_lag_days,
        published_on > publisher_due_on as publisher_is_late,
        coalesce(loaded_at::date, today) > our_due_on as we_are_late,
        is_released,
        case
            when is_superseded then 'superseded'
            when load_state = 'quarantined' or (load_id is null and refusal_reason is not null) then 'quarantined'
            when load_state = 'accepted' and not is_released and today > loaded_at::date + load_days then 'missing'
            when load_state = 'accepted' and (loaded_at::date > our_due_on or published_on > publisher_due_on)
                then 'late'
            when load_state = 'accepted' then 'on time'
            when today > our_due_on then 'missing'
            else 'expected'
        end as state,
        case
            when load_state = 'accepted' and not is_released
                then 'accepted, and not in the release that readers see · 已接受而未发布'
            when load_state <> 'accepted' then load_reason
            when load_id is null then coalesce(refusal_reason, 'not loaded · 未装载')
        end as reason
    from found
),

periods as (
    select
        calendars.*,
        (date_trunc('month', (calendar ->> 'first_period_end')::date)
            + make_interval(months => number * (calendar ->> 'months')::integer + 1) - interval '1 day'
        )::date as period_end
    from calendars
    cross join generate_series(0, 1200) as number
    where calendar ->> 'months' is not null
),

period_rows as (
    select
        periods.*,
        (periods.period_end + periods.due_days)::date as publisher_due_on,
        (
            select concat_ws(' · ', retired -> 'why' ->> 'en', retired -> 'why' ->> 'zh')
            from jsonb_array_elements(periods.calendar -> 'retired') as retired
            where periods.period_end between (retired ->> 'from')::date and (retired ->> 'to')::date
            limit 1
        ) as retired_because
    from periods
    where periods.period_end <= today
        and not exists (
            select from editions
            where editions.table_id = periods.table_id and editions.period_end = periods.period_end
        )
)

select * from edition_rows
union all
select
    publisher_id, table_id, null, null, period_end, publisher_due_on, null, null, null, null, null, null,
    today > publisher_due_on and retired_because is null, null, false,
    case
        when retired_because is not null then 'retired'
        when today > publisher_due_on then 'missing'
        else 'expected'
    end,
    coalesce(retired_because, 'no edition is declared for this period · 该时期尚无版次')
from period_rows
$function$;

create view ops.completeness as
select * from ops.completeness_on(current_date);
