"""Which release readers see: one transaction writes it to the ledger, and every view of `marts` shows what it says."""

import getpass
from dataclasses import dataclass
from typing import Literal

from psycopg import Connection

from shanhai.release import views
from shanhai.release.candidate import KEPT_RELEASES, SWITCH_LOCK, project_sha256
from shanhai.release.content import check_seal
from shanhai.release.rows import offer_past_days
from shanhai.warehouse.connection import connect

_SHOWN = "select release_id from ops.promotions order by promotion_id desc limit 1"


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
        row = connection.execute(_SHOWN).fetchone()
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
    """Show readers this release, in one transaction, with comments and grants; the ledger keeps who and when.

    A release that readers see already is shown anew, and the ledger says nothing twice: a task that was killed after it
    had done its work is tried again. Raises TamperedError when a table is not what its tests saw.
    """
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
        connection.autocommit = True
        # Held to the end of the connection: two promotions at once would undo each other's views.
        connection.execute("select pg_advisory_lock(%s)", (SWITCH_LOCK,))
        release, shown = _by_id(connection, release_id), connection.execute(_SHOWN).fetchone()
        kept = _kept(connection) | {release_id: release.schema_name}
        fits = shown and shown[0] in kept and views.offer(connection, release_id, release.relations, kept, shown[0])
        with connection.transaction():
            check_seal(connection, release_id, release.schema_name)
            if not fits:
                views.replace(connection, release.schema_name, release.relations)
            views.describe(connection, release.schema_name, release.relations)
            marts = [name for name in release.relations if name.startswith("mart_")]
            offer_past_days(connection, release.schema_name, marts)
            if not shown or shown[0] != release_id:
                connection.execute(
                    "insert into ops.promotions (release_id, action, promoted_by) values (%s, %s, %s)",
                    (release_id, action, getpass.getuser()),
                )


def _kept(connection: Connection) -> dict[int, str]:
    """The schemas of the releases that readers can be shown: the last few, and the one they see."""
    rows = connection.execute(
        """
        select release_id, schema_name from ops.releases
        where to_regnamespace(schema_name) is not null and (
            release_id in (select release_id from ops.releases order by release_id desc limit %s)
            or release_id = (select release_id from ops.promotions order by promotion_id desc limit 1)
        )
        """,
        (KEPT_RELEASES,),
    )
    return dict(rows.fetchall())


def _by_id(connection: Connection, release_id: int) -> Release:
    row = connection.execute(
        "select release_id, schema_name, load_ids, project_sha256, relations from ops.releases where release_id = %s",
        (release_id,),
    ).fetchone()
    if row is None:
        raise NoSuchReleaseError(f"there is no release {release_id}")
    return Release(*row)
