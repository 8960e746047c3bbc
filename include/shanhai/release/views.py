"""The views of `marts`: each can show any kept release, and the last row of `ops.promotions` says which one it shows.

So readers see what the ledger says, and switching them is one inserted row: no view is locked and no reader waits. A
statement, and a transaction of repeatable reads (which readers have by default), is answered from one release. Only a
release with other columns than readers have needs the views made anew, which waits for a moment without readers.
"""

from __future__ import annotations

import time
from collections.abc import Iterable

import psycopg
from psycopg import Connection, sql

# Nobody waits behind us longer than this: less than the second after which Postgres looks for a deadlock and might end
# the reader's statement instead of ours.
_WAIT = "200ms"
_PAUSE_SECONDS = 0.05
_PATIENCE_SECONDS = 120.0

_READERS = sql.SQL("shanhai_reader, shanhai_auditor, shanhai_engineer")
_SHOWN = sql.SQL("(select release_id from ops.promotions order by promotion_id desc limit 1)")
# What each view can show.
_OFFERED = r"""
select view_name::text, array_agg(distinct table_schema::text) from information_schema.view_table_usage
where view_schema = 'marts' and table_schema like 'release\_%' group by 1
"""
# Columns by schema and relation: one view can show relations whose columns are the same in the same order.
_COLUMNS = """
select relnamespace::regnamespace::text, relname,
    array_agg(format('%%s %%s', attname, format_type(atttypid, atttypmod)) order by attnum)
from pg_class inner join pg_attribute on attrelid = pg_class.oid and attnum > 0 and not attisdropped
where relkind in ('r', 'p', 'v') and relnamespace::regnamespace::text = any(%s)
group by 1, 2
"""
# Comments of the release's tables and columns that the views over them do not have yet.
_COMMENTS = """
with comments as (
    select relnamespace::regnamespace::text as owner, relname, attname, description
    from pg_description
    inner join pg_class on pg_class.oid = objoid and classoid = 'pg_class'::regclass
    left join pg_attribute on attrelid = objoid and attnum = nullif(objsubid, 0)
)
select relname, attname, description from comments where owner = %(schema)s and relname = any(%(names)s)
except select relname, attname, description from comments where owner = 'marts'
"""


class ReadersInTheWayError(RuntimeError):
    """A mart was read without a pause for so long that its view could not be changed; readers keep what they have."""


def offer(connection: Connection, release_id: int, relations: Iterable[str], kept: dict[int, str], shown: int) -> bool:
    """Let every view be able to show the release; False when its columns are not those that readers have.

    `kept` are the schemas of the releases to choose from, by id; a reader whose snapshot is older than all of them is
    shown `shown`. `connection` is in autocommit: a view is changed alone, so that no two are ever locked at once.
    """
    names, schema = sorted(relations), kept[release_id]
    columns = _columns(connection, ["marts", *kept.values()])
    if names != sorted(name for owner, name in columns if owner == "marts"):
        return False
    if any(columns["marts", name] != columns[schema, name] for name in names):
        return False
    offered: dict[str, list[str]] = dict(connection.execute(_OFFERED).fetchall())
    for name in names:
        if schema not in offered[name]:
            alike = {each: kept[each] for each in kept if columns.get((kept[each], name)) == columns[schema, name]}
            statement = sql.SQL("create or replace view {} as {}").format(
                sql.Identifier("marts", name), _choice(name, alike, shown)
            )
            with connection.transaction():
                _run_between_readers(connection, [statement])
    return True


def replace(connection: Connection, schema: str, relations: Iterable[str]) -> None:
    """Within the caller's transaction, have views of this release and no others."""
    old = sorted(name for owner, name in _columns(connection, ["marts"]))
    _run_between_readers(
        connection,
        [sql.SQL("drop view {}").format(sql.Identifier("marts", name)) for name in old],
    )
    for name in sorted(relations):
        view, table = sql.Identifier("marts", name), sql.Identifier(schema, name)
        connection.execute(sql.SQL("create view {} as select * from {}").format(view, table))


def describe(connection: Connection, schema: str, relations: Iterable[str]) -> None:
    """Give the views the release's comments and the readers their grants; no reader waits for either."""
    names = sorted(relations)
    statements: list[sql.Composable] = [
        sql.SQL("comment on {} {} is {}").format(
            sql.SQL("column" if column else "view"),
            sql.Identifier("marts", name, *([column] if column else [])),
            sql.Literal(comment),
        )
        for name, column, comment in connection.execute(_COMMENTS, {"schema": schema, "names": names}).fetchall()
    ]
    views = sql.SQL(", ").join(sql.Identifier("marts", name) for name in names)
    statements.append(sql.SQL("grant select on {} to {}").format(views, _READERS))
    connection.execute(sql.SQL(";\n").join(statements))


def offered_schemas(connection: Connection) -> set[str]:
    """The schemas that some view of `marts` can show; to drop one would be to drop the view."""
    return {schema for _, schemas in connection.execute(_OFFERED).fetchall() for schema in schemas}


def _choice(name: str, schemas: dict[int, str], shown: int) -> sql.Composable:
    """One branch per release, of which exactly one is read: Postgres decides before it touches a table."""
    others = [each for each in sorted(schemas) if each != shown]
    branches = [
        sql.SQL("select * from {} where {} = {}").format(sql.Identifier(schemas[each], name), _SHOWN, sql.Literal(each))
        for each in others
    ]
    branches.append(
        sql.SQL("select * from {} where {} <> all (array[{}]::bigint[])").format(
            sql.Identifier(schemas[shown], name), _SHOWN, sql.SQL(", ").join(map(sql.Literal, others))
        )
    )
    return sql.SQL(" union all ").join(branches)


def _columns(connection: Connection, schemas: list[str]) -> dict[tuple[str, str], list[str]]:
    return {(schema, name): columns for schema, name, columns in connection.execute(_COLUMNS, (schemas,)).fetchall()}


def _run_between_readers(connection: Connection, statements: list[sql.Composed]) -> None:
    """Run statements that lock views, each try waiting a moment only; within the caller's transaction."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            with connection.transaction():
                connection.execute(sql.SQL("set local lock_timeout = {}").format(sql.Literal(_WAIT)))
                for statement in statements:
                    connection.execute(statement)
                connection.execute("set local lock_timeout to default")
            return
        except psycopg.errors.LockNotAvailable as error:
            if time.monotonic() > deadline:
                raise ReadersInTheWayError(f"readers were in the way for {_PATIENCE_SECONDS:.0f} s: {error}") from error
            time.sleep(_PAUSE_SECONDS)
