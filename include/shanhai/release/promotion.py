"""Which release readers see: one transaction points every view of `marts` at the tables that were tested."""

import getpass
from dataclasses import dataclass
from typing import Literal

from psycopg import Connection, sql

from shanhai.release.candidate import project_sha256
from shanhai.warehouse.connection import connect

# Two promotions at once would drop each other's views.
_LOCK = 826_331_002
_READERS = sql.SQL("shanhai_reader, shanhai_auditor, shanhai_engineer")
# Comments of the release's table and columns, to be given to the view over it.
_COMMENTS = """
select attribute.attname, pg_description.description
from pg_description
left join pg_attribute as attribute
    on attribute.attrelid = pg_description.objoid and attribute.attnum = nullif(pg_description.objsubid, 0)
where pg_description.classoid = 'pg_class'::regclass and pg_description.objoid = %s::regclass
"""


class NoSuchReleaseError(RuntimeError):
    """There is no release to promote or to go back to."""


@dataclass(frozen=True)
class Release:
    """A release as the ledger knows it."""

    release_id: int
    schema_name: str
    load_ids: list[int]
    project_sha256: str
    relations: dict[str, dict[str, object]]


def current() -> Release | None:
    """The release that readers see, or None before the first promotion."""
    with connect() as connection:
        row = connection.execute("select release_id from ops.promotions order by promotion_id desc limit 1").fetchone()
        return _by_id(connection, row[0]) if row else None


def is_due() -> bool:
    """Whether accepted loads or the dbt project differ from what readers see."""
    with connect() as connection:
        rows = connection.execute("select load_id from ops.accepted_loads where is_latest").fetchall()
    seen = current()
    accepted = {row[0] for row in rows}
    if seen is None:
        return bool(accepted)
    return not accepted <= set(seen.load_ids) or seen.project_sha256 != project_sha256()


def promote(release_id: int) -> None:
    """Show readers this release, in one transaction, with comments and grants; the ledger keeps who and when."""
    _switch(release_id, "promote")


def rollback() -> int:
    """Show readers the release they saw before the current one; returns its id."""
    with connect() as connection:
        row = connection.execute(
            """
            select release_id from ops.promotions
            where release_id <> (select release_id from ops.promotions order by promotion_id desc limit 1)
            and exists (select from ops.releases where releases.release_id = promotions.release_id
                        and to_regnamespace(releases.schema_name) is not null)
            order by promotion_id desc limit 1
            """
        ).fetchone()
    if row is None:
        raise NoSuchReleaseError("there is no earlier release whose tables are kept")
    _switch(int(row[0]), "rollback")
    return int(row[0])


def _switch(release_id: int, action: Literal["promote", "rollback"]) -> None:
    with connect() as connection:
        connection.execute("select pg_advisory_xact_lock(%s)", (_LOCK,))
        release = _by_id(connection, release_id)
        for (view,) in connection.execute("select viewname from pg_views where schemaname = 'marts'").fetchall():
            connection.execute(sql.SQL("drop view {}").format(sql.Identifier("marts", view)))
        for relation in release.relations:
            _show(connection, release.schema_name, relation)
        connection.execute(
            "insert into ops.promotions (release_id, action, promoted_by) values (%s, %s, %s)",
            (release_id, action, getpass.getuser()),
        )


def _show(connection: Connection, schema: str, relation: str) -> None:
    view, table = sql.Identifier("marts", relation), sql.Identifier(schema, relation)
    connection.execute(sql.SQL("create view {} as select * from {}").format(view, table))
    for column, comment in connection.execute(_COMMENTS, (f"{schema}.{relation}",)).fetchall():
        if column is None:
            connection.execute(sql.SQL("comment on view {} is {}").format(view, sql.Literal(comment)))
        else:
            name = sql.Identifier("marts", relation, column)
            connection.execute(sql.SQL("comment on column {} is {}").format(name, sql.Literal(comment)))
    connection.execute(sql.SQL("grant select on {} to {}").format(view, _READERS))


def _by_id(connection: Connection, release_id: int) -> Release:
    row = connection.execute(
        "select release_id, schema_name, load_ids, project_sha256, relations from ops.releases where release_id = %s",
        (release_id,),
    ).fetchone()
    if row is None:
        raise NoSuchReleaseError(f"there is no release {release_id}")
    return Release(*row)
