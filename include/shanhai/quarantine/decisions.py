"""Decisions about a load in quarantine: reject it, accept it with a waiver, or ask the publisher.

Each is a row of the ledger. Accepting is no way around the gate: it grants a waiver for exactly the keys that failed,
and the gate judges the load again.
"""

import getpass
from collections import defaultdict
from datetime import date
from typing import Any, Literal

from psycopg import Connection
from psycopg.types.json import Jsonb

from shanhai.settings import Role
from shanhai.validate import validate_load
from shanhai.warehouse.connection import connect, scalar

Action = Literal["reject", "accept", "ask"]
Channel = Literal["command line", "airflow"]


class DecisionError(ValueError):
    """The decision cannot be taken; the message says why."""


def decide(
    load_id: int,
    action: Action,
    *,
    owner: str,
    reason: str,
    due_on: date | None = None,
    decided_by: str | None = None,
    through: Channel = "command line",
    role: Role = "pipeline",
) -> int:
    """Record a decision about a load in quarantine and carry it out; returns its id.

    `due_on` is the last day of the waiver, or the day by which the publisher should have answered. Raises DecisionError
    for a load that is not in quarantine, a decision without owner, reason or end, an approval by whoever loaded it, and
    for failures that nobody can waive; LoadRejectedError when the gate still objects.
    """
    person = decided_by or getpass.getuser()
    if not owner.strip() or not reason.strip():
        raise DecisionError("a decision needs an owner and a reason · 处置须有责任人与理由")
    if action != "reject" and (due_on is None or due_on < date.today()):
        raise DecisionError("it needs a day on which it ends, not before today · 须有不早于今日的期限")
    with connect(role) as connection:
        # Two people who decide at once are told so one after the other.
        connection.execute("select pg_advisory_xact_lock(826331004, %s)", (load_id,))
        table_id, verdict_id, loaded_by = _quarantined(connection, load_id)
        if action == "accept" and person == loaded_by:
            raise DecisionError(f"load {load_id} was loaded by {person}, who cannot approve it · 装载人不得自行批准")
        failures = _waivable(connection, load_id, verdict_id) if action == "accept" else {}
        decision_id = int(
            scalar(
                connection,
                """
                insert into ops.decisions (load_id, action, owner, reason, due_on, decided_by, decided_through)
                values (%s, %s, %s, %s, %s, %s, %s) returning decision_id
                """,
                (load_id, action, owner, reason, due_on, person, through),
            )
        )
        for expectation_id, keys in failures.items():
            connection.execute(
                """
                insert into ops.waivers
                    (decision_id, table_id, expectation_id, keys, owner, reason, expires_on, granted_by)
                values (%s, %s, %s, %s, %s, %s, %s, %s)
                """,
                (decision_id, table_id, expectation_id, Jsonb(keys), owner, reason, due_on, person),
            )
    if action == "accept":
        validate_load(load_id)
    return decision_id


def _quarantined(connection: Connection, load_id: int) -> tuple[str, int | None, str]:
    """Table, last verdict and loader of a load that waits for a decision, or whose waiver has run out."""
    row = connection.execute(
        "select table_id, verdict_id, loaded_by, state from ops.load_standing where load_id = %s", (load_id,)
    ).fetchone()
    if row is None:
        raise DecisionError(f"there is no load {load_id} · 无此装载")
    renewable = connection.execute(
        """
        select exists (
            select from ops.failing_rows inner join ops.waiver_standing using (waiver_id)
            where verdict_id = %s and is_red
        )
        """,
        (row[1],),
    ).fetchone()
    if row[3] != "quarantined" and not (row[3] == "accepted" and renewable and renewable[0]):
        raise DecisionError(f"load {load_id} is {row[3]}, not in quarantine · 该装载不在隔离中")
    return row[0], row[1], row[2]


def _waivable(connection: Connection, load_id: int, verdict_id: int | None) -> dict[str, list[dict[str, Any]]]:
    """The keys that failed and no waiver in force covers, by expectation; raises DecisionError for what none can."""
    if verdict_id is None:
        raise DecisionError(f"load {load_id} was never judged; run the gate first · 尚未校验")
    results = scalar(connection, "select results from ops.verdicts where verdict_id = %s", (verdict_id,))
    unwaivable = [
        entry["id"]
        for entry in results
        if entry["outcome"] == "broken"
        or (entry["outcome"] == "violated" and entry["severity"] == "error" and not entry["failing_rows_are_all"])
    ]
    declared, run = connection.execute(
        "select expectations_declared, expectations_run from ops.verdicts where verdict_id = %s", (verdict_id,)
    ).fetchall()[0]
    if unwaivable or not results or declared != run:
        raise DecisionError(
            f"load {load_id}: no waiver covers a gate that did not run whole, or failures too many to name: "
            f"{unwaivable or 'the suite'} · 未完整执行或不可列尽的失败不得豁免"
        )
    blocking = [e["id"] for e in results if e["outcome"] == "violated" and e["severity"] == "error"]
    failures: dict[str, list[dict[str, Any]]] = defaultdict(list)
    rows = connection.execute(
        """
        select failing_rows.expectation_id, failing_rows.keys
        from ops.failing_rows left join ops.waiver_standing using (waiver_id)
        where verdict_id = %s and failing_rows.expectation_id = any(%s) and coalesce(is_expired, true)
        order by failing_rows.expectation_id, failing_number
        """,
        (verdict_id, blocking),
    )
    for expectation_id, keys in rows:
        if keys not in failures[expectation_id]:
            failures[expectation_id].append(keys)
    return failures
