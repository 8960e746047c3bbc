"""Findings and what is decided of them: open → asked → explained → accepted until a day; every step is a new row."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from psycopg import Connection
from psycopg.rows import class_row

from shanhai.audit.results import AuditError
from shanhai.settings import Role
from shanhai.warehouse.connection import connect

Step = Literal["asked", "explained", "accepted", "corrected", "quarantined"]
State = Literal["open", "asked", "explained", "accepted", "expired", "corrected", "quarantined"]
# What may follow what; whatever was accepted until a day that has passed is open to every step again.
_FOLLOWS: dict[str, set[State]] = {
    "asked": {"open", "asked", "explained", "expired"},
    "explained": {"open", "asked", "explained", "expired"},
    "accepted": {"explained"},
    "corrected": {"open", "asked", "explained", "accepted", "expired", "quarantined"},
    "quarantined": {"open", "asked", "explained", "expired"},
}
# What was decided up to an entry of the ledger; without one, everything.
_STANDING = """
select finding.finding_id, finding.check_id, finding.item, finding.severity, finding.is_material, finding.detail,
    finding.opened_on, last.classification, last.owner, last.reason, last.due_on, last.accepted_until, last.decided_by,
    case
        when last.state is null then 'open'
        when last.state = 'accepted' and last.accepted_until < %(on)s then 'expired'
        else last.state
    end as state
from audit.finding
left join lateral (
    select * from audit.finding_decision as decision
    where decision.finding_id = finding.finding_id
        and (%(closing)s::bigint is null or decision.finding_decision_id in (
            select (content::jsonb ->> 'finding_decision_id')::bigint from ops.ledger
            where event = 'audit.finding_decision' and position <= %(closing)s
        ))
    order by decision.finding_decision_id desc limit 1
) as last on true
where %(id)s::bigint is null or finding.finding_id = %(id)s
order by finding.check_id, finding.item
"""


@dataclass(frozen=True)
class Finding:
    """A finding with its last step, judged as of a day."""

    finding_id: int
    check_id: str
    item: str
    severity: str
    is_material: bool
    detail: dict[str, object]
    opened_on: date
    classification: str | None
    owner: str | None
    reason: str | None
    due_on: date | None
    accepted_until: date | None
    decided_by: str | None
    state: State


def standing(
    connection: Connection, on: date, finding_id: int | None = None, closing: int | None = None
) -> list[Finding]:
    """Every finding, or one, as it stands on a day; with `closing`, by what the ledger held up to that entry."""
    with connection.cursor(row_factory=class_row(Finding)) as cursor:
        return cursor.execute(_STANDING, {"on": on, "id": finding_id, "closing": closing}).fetchall()


def decide(
    finding_id: int, step: Step, *, by: str, owner: str, reason: str, on: date, due_on: date | None = None,
    accepted_until: date | None = None, classification: str | None = None, role: Role = "auditor",
) -> None:  # fmt: skip
    """Record the next step of a finding; raises AuditError when it may not follow, or its hand may not."""
    with connect(role) as connection:
        found = standing(connection, on, finding_id)
        if not found:
            raise AuditError(f"there is no finding {finding_id}")
        if found[0].state not in _FOLLOWS[step]:
            raise AuditError(f"finding {finding_id} is {found[0].state}; {step} cannot follow · 状态不允许")
        if step == "accepted" and by in loaders(connection):
            raise AuditError(f"{by} loaded the data and cannot accept a finding about it · 装载者不得自行接受")
        connection.execute(
            """
            insert into audit.finding_decision
                (finding_id, state, classification, owner, reason, due_on, accepted_until, decided_by)
            values (%s, %s, %s, %s, %s, %s, %s, %s)
            """,
            (finding_id, step, classification, owner, reason, due_on, accepted_until, by),
        )


def loaders(connection: Connection) -> set[str]:
    """Everybody who has loaded anything that is in the release readers see."""
    rows = connection.execute(
        """
        select distinct loads.loaded_by from ops.loads
        where loads.load_id = any(
            (select load_ids from ops.releases
             where release_id = (select release_id from ops.promotions order by promotion_id desc limit 1))::bigint[]
        )
        """
    ).fetchall()
    return {row[0] for row in rows}
