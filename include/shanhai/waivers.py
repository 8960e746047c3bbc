"""Waivers: failures that a person answers for until a day; one covers exactly the keys it names and nothing else.

A decision about a load grants one in the ledger; a standing waiver is written in a document of the table, and the
ledger keeps it, with the document's hash, when a verdict first rests on it.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from psycopg import Connection
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from shanhai import settings
from shanhai.documents.catalogue import sha256_of
from shanhai.documents.waiver import StandingWaiver, WaiverDocument
from shanhai.documents.yaml_file import load_document
from shanhai.expectation_run import FailingRow, Outcome
from shanhai.warehouse.connection import scalar


@dataclass(frozen=True, eq=False)
class Waiver:
    """A waiver of one expectation of one table, for the keys it names; `expires_on` is the last day it holds.

    `waiver_id` is None for a standing one that no verdict has rested on in this wording of its document.
    """

    waiver_id: int | None
    expectation_id: str
    keys: list[dict[str, Any]]
    owner: str
    reason: str
    expires_on: date
    is_expired: bool
    granted_by: str
    document: str | None = None
    document_sha256: str | None = None
    name: str | None = None
    _plain_keys: list[dict[str, str]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_plain_keys", [_plain(key) for key in self.keys])

    def covers(self, expectation_id: str, row: FailingRow) -> bool:
        """Whether it was granted for this failure: the same test on the whole of the same key."""
        return self.expectation_id == expectation_id and _plain(row.keys) in self._plain_keys

    def __str__(self) -> str:
        """What an objection calls it."""
        return f"{self.name} of {self.document}" if self.document else str(self.waiver_id)


@dataclass(frozen=True)
class Cover:
    """Which waiver in force covers each failing row of an outcome, and which would have but for day or grantor."""

    by_row: list[Waiver | None]
    spent: list[Waiver]
    is_whole: bool


def document_of(table_id: str) -> Path:
    """Where the standing waivers of a table are written; most tables have none."""
    return settings.EXPECTATIONS / "waivers" / f"{table_id}.yml"


def waivers_of(connection: Connection, table_id: str) -> list[Waiver]:
    """Every waiver granted for a table, by decision or in its document as it is now; the latest to expire first.

    Raises DocumentError when the document does not read.
    """
    with connection.cursor(row_factory=class_row(Waiver)) as cursor:
        decided = cursor.execute(
            """
            select waiver_id, expectation_id, keys, owner, reason, expires_on, granted_by,
                expires_on < current_date as is_expired
            from ops.waivers where table_id = %s and document is null order by waiver_id desc
            """,
            (table_id,),
        ).fetchall()
    granted = [*decided, *_standing(connection, table_id)]
    return sorted(granted, key=lambda waiver: waiver.expires_on, reverse=True)


def cover(outcome: Outcome, waivers: Iterable[Waiver], loaded_by: str) -> Cover:
    """How far waivers reach for a violated expectation; whole only when every failing row is known and covered.

    What somebody grants holds for no load of their own.
    """
    granted = list(waivers)
    by_row: list[Waiver | None] = []
    spent: dict[Waiver, None] = {}
    for row in outcome.failing:
        fitting = [waiver for waiver in granted if waiver.covers(outcome.expectation.id, row)]
        in_force = [waiver for waiver in fitting if not waiver.is_expired and waiver.granted_by != loaded_by]
        by_row.append(in_force[0] if in_force else None)
        if not in_force:
            spent |= dict.fromkeys(fitting)
    is_whole = outcome.failing_is_complete and bool(by_row) and None not in by_row
    return Cover(by_row, list(spent), is_whole)


def kept_in_ledger(connection: Connection, table_id: str, waiver: Waiver) -> int:
    """The id under which the ledger knows the waiver; a standing one is written there when it has none."""
    if waiver.waiver_id is not None:
        return waiver.waiver_id
    return int(
        scalar(
            connection,
            """
            insert into ops.waivers
                (table_id, expectation_id, keys, owner, reason, expires_on, granted_by, document, document_sha256, name)
            values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) returning waiver_id
            """,
            (table_id, waiver.expectation_id, Jsonb(waiver.keys), waiver.owner, waiver.reason, waiver.expires_on,
             waiver.granted_by, waiver.document, waiver.document_sha256, waiver.name),
        )
    )  # fmt: skip


def _standing(connection: Connection, table_id: str) -> list[Waiver]:
    path = document_of(table_id)
    if not path.exists():
        return []
    digest = sha256_of(path)
    known: dict[str, int] = dict(
        connection.execute(
            "select name, max(waiver_id) from ops.waivers where table_id = %s and document_sha256 = %s group by name",
            (table_id, digest),
        ).fetchall()
    )
    # The server's day, as for every other waiver: a worker's clock decides nothing.
    today: date = scalar(connection, "select current_date")
    name = path.relative_to(settings.EXPECTATIONS.parent).as_posix()
    return [
        Waiver(
            known.get(each.id), each.expectation, list(each.keys), each.owner, each.reason, each.expires_on,
            each.expires_on < today, each.granted_by, name, digest, each.id,
        )
        for each in standing_waivers(path)
    ]  # fmt: skip


def standing_waivers(path: Path) -> list[StandingWaiver]:
    """The waivers of a document; raises DocumentError naming file and line."""
    return load_document(path, WaiverDocument).waivers


def _plain(key: dict[str, Any]) -> dict[str, str]:
    """The columns of a key that are not empty, each as text: what a document can say of a row."""
    return {
        column: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for column, value in key.items()
        if value is not None
    }
