"""What is to be told of releases: which there are, what each changed and why it was built as it was."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.rows import class_row

from shanhai.release.promotion import NoSuchReleaseError
from shanhai.settings import Role
from shanhai.warehouse.connection import connect

_RELEASES = """
select releases.release_id, releases.built_at, cardinality(releases.load_ids) as loads_count, releases.tests_run,
    to_regnamespace(releases.schema_name) is not null as is_kept,
    coalesce(releases.release_id = (select release_id from ops.promotions order by promotion_id desc limit 1), false)
        as is_shown,
    (select count(*) from ops.release_changes where release_changes.release_id = releases.release_id) as changes_count,
    coalesce(
        (
            select jsonb_object_agg(mart.key, mart.value -> 'version')
            from jsonb_each(seals.content) as mart where mart.value ? 'version'
        ),
        '{}'
    ) as versions
from ops.releases left join ops.release_seals as seals on releases.release_id = seals.release_id
order by releases.release_id desc
"""
_CHANGES = """
select relation, change_kind, row_key, column_name, old_value, new_value, cause, load_ids
from ops.release_changes
where release_id = %(release_id)s and (%(mart)s::text is null or relation = %(mart)s) order by change_number
"""


@dataclass(frozen=True)
class ReleaseAccount:
    """A release as a person wants to see it; `versions` is mart → semantic version."""

    release_id: int
    built_at: datetime
    loads_count: int
    tests_run: int
    is_kept: bool
    is_shown: bool
    changes_count: int
    versions: dict[str, str]


@dataclass(frozen=True)
class Change:
    """One difference of a release from what readers saw before it; `row_key` names the row by its grain."""

    relation: str
    change_kind: str
    row_key: dict[str, Any] | None
    column_name: str | None
    old_value: str | None
    new_value: str | None
    cause: str
    load_ids: list[int]


def releases(role: Role = "auditor") -> list[ReleaseAccount]:
    """Every release ever built, the newest first."""
    with connect(role) as connection, connection.cursor(row_factory=class_row(ReleaseAccount)) as cursor:
        return cursor.execute(_RELEASES).fetchall()


def changes(release_id: int | None = None, mart: str | None = None, role: Role = "auditor") -> Iterator[Change]:
    """The changes of a release (of the one readers see when none is named), streamed in their order."""
    chosen = release_id or _shown(role)
    with connect(role) as connection, connection.cursor(name="changes", row_factory=class_row(Change)) as cursor:
        cursor.execute(_CHANGES, {"release_id": chosen, "mart": mart})
        yield from cursor


def reasons(release_id: int | None = None, role: Role = "auditor") -> dict[str, dict[str, Any]]:
    """Relation → whether it was built whole or from new loads, and why; raises NoSuchReleaseError."""
    chosen = release_id or _shown(role)
    with connect(role) as connection:
        row = connection.execute("select reasons from ops.release_seals where release_id = %s", (chosen,)).fetchone()
    if row is None:
        raise NoSuchReleaseError(f"there is no sealed release {chosen}")
    found: dict[str, dict[str, Any]] = row[0]
    return found


def _shown(role: Role) -> int:
    for each in releases(role):
        if each.is_shown:
            return each.release_id
    raise NoSuchReleaseError("readers see no release yet")
