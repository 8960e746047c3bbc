"""Reads the judgement on completeness for a day."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from psycopg.rows import class_row

from shanhai.settings import Role
from shanhai.warehouse.connection import connect

State = Literal["on time", "late", "missing", "superseded", "quarantined", "retired", "expected"]


@dataclass(frozen=True)
class Due:
    """An edition, or a period without one, that is due; lags in days, the publisher's and ours judged separately."""

    publisher_id: str
    table_id: str
    edition: str | None
    issue: int | None
    period_end: date | None
    publisher_due_on: date | None
    our_due_on: date | None
    load_id: int | None
    published_on: date | None
    loaded_at: datetime | None
    publisher_lag_days: int | None
    our_lag_days: int | None
    publisher_is_late: bool | None
    we_are_late: bool | None
    is_released: bool
    state: State
    reason: str | None


def completeness(today: date | None = None, role: Role = "pipeline") -> list[Due]:
    """What was due by a day, today unless another is given, in the order of tables and periods."""
    with connect(role) as connection, connection.cursor(row_factory=class_row(Due)) as cursor:
        return cursor.execute(
            """
            select * from ops.completeness_on(coalesce(%s, current_date))
            order by table_id, period_end nulls first, edition, issue
            """,
            (today,),
        ).fetchall()
