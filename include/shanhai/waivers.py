"""Waivers: failures that a person answers for until a day; one covers exactly the keys it names and nothing else."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from psycopg import Connection
from psycopg.rows import class_row

from shanhai.expectation_run import FailingRow, Outcome


@dataclass(frozen=True)
class Waiver:
    """A waiver of one expectation of one table, for the keys it names; `expires_on` is the last day it holds."""

    waiver_id: int
    expectation_id: str
    keys: list[dict[str, Any]]
    owner: str
    reason: str
    expires_on: date
    is_expired: bool

    def covers(self, expectation_id: str, row: FailingRow) -> bool:
        """Whether it was granted for this failure: the same test on the whole of the same key."""
        return self.expectation_id == expectation_id and row.keys in self.keys


@dataclass(frozen=True)
class Cover:
    """Which waiver in force covers each failing row of an outcome, and which expired ones would have."""

    by_row: list[int | None]
    expired: list[Waiver]
    is_whole: bool


def waivers_of(connection: Connection, table_id: str) -> list[Waiver]:
    """Every waiver ever granted for a table, the latest to expire first."""
    with connection.cursor(row_factory=class_row(Waiver)) as cursor:
        return cursor.execute(
            """
            select waiver_id, expectation_id, keys, owner, reason, expires_on, expires_on < current_date as is_expired
            from ops.waivers where table_id = %s order by expires_on desc, waiver_id desc
            """,
            (table_id,),
        ).fetchall()


def cover(outcome: Outcome, waivers: Iterable[Waiver]) -> Cover:
    """How far waivers reach for a violated expectation; whole only when every failing row is known and covered."""
    granted = list(waivers)
    by_row: list[int | None] = []
    expired: dict[int, Waiver] = {}
    for row in outcome.failing:
        fitting = [waiver for waiver in granted if waiver.covers(outcome.expectation.id, row)]
        in_force = [waiver for waiver in fitting if not waiver.is_expired]
        by_row.append(in_force[0].waiver_id if in_force else None)
        if not in_force:
            expired |= {waiver.waiver_id: waiver for waiver in fitting}
    is_whole = outcome.failing_is_complete and bool(by_row) and None not in by_row
    return Cover(by_row, list(expired.values()), is_whole)
