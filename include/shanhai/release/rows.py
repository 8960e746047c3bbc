"""What readers saw on a past day: every row a mart ever held is kept once, with the releases that brought and took it.

`marts.<mart>_as_of(day)` gives the rows of the release that readers saw at the end of that day.
"""

from collections.abc import Iterable

from psycopg import Connection, sql

from shanhai.warehouse.row_seals import SEAL_ONE

# One row's content and its hash, of a table.
_PRESENT = """
create temporary table rows_now on commit drop as
select distinct md5(content::text) as row_md5, content from (select to_jsonb(t) as content from {} as t) as rows
"""
_NOTHING = "create temporary table rows_now (row_md5 text, content jsonb) on commit drop"
_GONE = "select distinct relation from ops.release_rows where relation <> all(%s) order by relation"
_KEEP = """
insert into ops.release_rows (relation, row_md5, content)
select %(relation)s, row_md5, content from rows_now
where not exists (
    select from ops.release_rows as kept
    where kept.relation = %(relation)s and kept.row_md5 = rows_now.row_md5
)
"""
# Against the release built before: what came, and what is gone.
_CHANGE = """
with before as (
    select distinct on (row_md5) row_md5, is_present from ops.release_row_changes
    where relation = %(relation)s order by row_md5, release_id desc
)
insert into ops.release_row_changes (release_id, relation, row_md5, is_present)
select %(release_id)s, %(relation)s, coalesce(rows_now.row_md5, before.row_md5), rows_now.row_md5 is not null
from rows_now full join (select row_md5 from before where is_present) as before using (row_md5)
where rows_now.row_md5 is null or before.row_md5 is null
"""
# A function of its own columns, so that it does not hold the view; with its owner's rights, as readers cannot see ops.
_FUNCTION = """
create function {name} (day date) returns table ({columns})
language sql stable security definer set search_path = pg_catalog as $function$
    select shown.*
    from (
        select release_id from ops.promotions
        where promoted_at < (day + 1)::timestamp at time zone 'Asia/Shanghai'
        order by promotion_id desc limit 1
    ) as seen
    cross join lateral (
        select distinct on (changes.row_md5) changes.row_md5, changes.is_present
        from ops.release_row_changes as changes
        where changes.relation = {relation} and changes.release_id <= seen.release_id
        order by changes.row_md5, changes.release_id desc
    ) as last_change
    inner join ops.release_rows as kept
        on kept.relation = {relation} and kept.row_md5 = last_change.row_md5 and last_change.is_present
    cross join lateral jsonb_to_record(kept.content) as shown ({columns})
$function$
"""
_COLUMNS = """
select attname, format_type(atttypid, atttypmod), quote_ident(attname) from pg_attribute
where attrelid = to_regclass(%s) and attnum > 0 and not attisdropped order by attnum
"""
_PRESENT_COLUMNS = """
select pg_get_function_result(pg_proc.oid) from pg_proc
where pronamespace = 'marts'::regnamespace and proname = %s
"""
_READERS = sql.SQL("shanhai_reader, shanhai_auditor, shanhai_engineer")


def keep_rows(connection: Connection, release_id: int, schema: str, relations: Iterable[str]) -> None:
    """Keep and seal the rows of a release's marts, within the caller's transaction; a row is kept once.

    A mart that the release has no more has no rows from here on. The seal covers the release's value changes too: they
    are to be there before.
    """
    present = list(relations)
    gone = [name for (name,) in connection.execute(_GONE, (present,)).fetchall()]
    for relation in [*present, *gone]:
        made = sql.SQL(_PRESENT).format(sql.Identifier(schema, relation)) if relation in present else sql.SQL(_NOTHING)
        connection.execute(made)
        connection.execute(_KEEP, {"relation": relation})
        connection.execute(_CHANGE, {"relation": relation, "release_id": release_id})
        connection.execute("drop table rows_now")
    connection.execute(SEAL_ONE, {"release_id": release_id})


def offer_past_days(connection: Connection, schema: str, relations: Iterable[str]) -> None:
    """Give readers `marts.<mart>_as_of(day)` for each mart, with the columns that the mart has now."""
    for relation in relations:
        columns = connection.execute(_COLUMNS, (f"{schema}.{relation}",)).fetchall()
        name = f"{relation}_as_of"
        declared = sql.SQL(", ").join(sql.SQL("{} {}").format(sql.Identifier(c), sql.SQL(t)) for c, t, _ in columns)
        wanted = f"TABLE({', '.join(f'{quoted} {t}' for _, t, quoted in columns)})"
        present = connection.execute(_PRESENT_COLUMNS, (name,)).fetchone()
        if present and present[0] == wanted:
            continue
        function = sql.Identifier("marts", name)
        connection.execute(sql.SQL("drop function if exists {} (date)").format(function))
        connection.execute(sql.SQL(_FUNCTION).format(name=function, columns=declared, relation=sql.Literal(relation)))
        connection.execute(sql.SQL("revoke all on function {} (date) from public").format(function))
        connection.execute(sql.SQL("grant execute on function {} (date) to {}").format(function, _READERS))
        text = f"Rows of {relation} that readers saw at the end of a day · 读者当日所见"
        connection.execute(sql.SQL("comment on function {} (date) is {}").format(function, sql.Literal(text)))
