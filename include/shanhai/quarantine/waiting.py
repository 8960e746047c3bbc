"""Which loads wait in quarantine, with owner and clock; and all that was ever decided about one."""

from dataclasses import dataclass
from datetime import date, datetime

from psycopg.rows import class_row

from shanhai.quarantine.standing import is_granted
from shanhai.settings import Role
from shanhai.warehouse.connection import connect


@dataclass(frozen=True)
class Waiting:
    """A load in quarantine; `due_on` is the day by which its owner has to be done with it."""

    load_id: int
    table_id: str
    edition: str
    issue: int
    reason: str
    quarantined_at: datetime
    age_days: int
    owner: str
    due_on: date
    is_overdue: bool
    decision: str | None


@dataclass(frozen=True)
class Decision:
    """A decision as the ledger keeps it."""

    decision_id: int
    action: str
    owner: str
    reason: str
    due_on: date | None
    decided_by: str
    decided_through: str
    decided_at: datetime


def waiting_loads(publisher_id: str | None = None, role: Role = "pipeline") -> list[Waiting]:
    """The loads that wait for a decision or for the answer to a question, oldest first."""
    with connect(role) as connection, connection.cursor(row_factory=class_row(Waiting)) as cursor:
        return cursor.execute(
            """
            select load_id, table_id, edition, issue, reason, quarantined_at, age_days, owner, due_on, is_overdue,
                decision
            from ops.quarantine where publisher_id = %(publisher)s or %(publisher)s::text is null
            order by quarantined_at, load_id
            """,
            {"publisher": publisher_id},
        ).fetchall()


def decisions_on(load_id: int, role: Role = "pipeline") -> list[Decision]:
    """What was decided about a load, in order."""
    with connect(role) as connection, connection.cursor(row_factory=class_row(Decision)) as cursor:
        return cursor.execute(
            """
            select decision_id, action, owner, reason, due_on, decided_by, decided_through, decided_at
            from ops.decisions where load_id = %s order by decision_id
            """,
            (load_id,),
        ).fetchall()


def red_waivers(role: Role = "pipeline") -> list[str]:
    """Waivers that hold no more while an accepted load still rests on them, a line each.

    One has expired, or its document grants it no longer.
    """
    with connect(role) as connection:
        rows = connection.execute(
            """
            select waiver_id, table_id, expectation_id, owner, expires_on, is_red, name, keys from ops.waiver_standing
            where load_ids <> '{}' and (is_red or document is not null) order by waiver_id
            """
        ).fetchall()
    lines = []
    for waiver_id, table_id, expectation_id, owner, expires_on, is_red, name, keys in rows:
        waiver = f"waiver {waiver_id} of {table_id}, {expectation_id}"
        if is_red:
            lines.append(f"{waiver}: expired on {expires_on}, owner {owner} · 豁免已到期")
        elif not is_granted(table_id, name, expectation_id, keys):
            lines.append(f"{waiver}: its document grants {name} no longer, owner {owner} · 文档已撤销豁免")
    return lines
