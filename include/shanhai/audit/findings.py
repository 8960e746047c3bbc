"""Findings and what is decided of them: open → asked → explained → accepted until a day; every step is a new row."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from psycopg import Connection
from psycopg.rows import class_row
from psycopg.types.json import Jsonb
from pydantic import Field

from shanhai import settings
from shanhai.audit.performance import AuditError
from shanhai.documents.check import CheckId
from shanhai.documents.terms import Bilingual, Strict
from shanhai.documents.yaml_file import load_document
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
_STANDING = """
select finding_id, check_id, item, severity, is_material, detail, opened_on, classification, owner, reason, due_on,
    accepted_until, decided_by,
    case
        when last_state is null then 'open'
        when last_state = 'accepted' and accepted_until < %(on)s then 'expired'
        else last_state
    end as state
from audit.finding_standing
where %(id)s::bigint is null or finding_id = %(id)s
order by check_id, item
"""


class Contradiction(Strict):
    """Two statements that do not agree, or seem not to, and why."""

    id: str = Field(pattern=r"^C\d\d$")
    check: CheckId
    says: Bilingual
    because: Bilingual


class ContradictionRegister(Strict):
    """All of them."""

    contradictions: list[Contradiction] = Field(min_length=1)


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


def standing(connection: Connection, on: date, finding_id: int | None = None) -> list[Finding]:
    """Every finding, or one, as it stands on a day."""
    with connection.cursor(row_factory=class_row(Finding)) as cursor:
        return cursor.execute(_STANDING, {"on": on, "id": finding_id}).fetchall()


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


def contradictions() -> list[Contradiction]:
    """The register of contradictions that were known from the start."""
    return load_document(settings.AUDIT / "contradictions.yml", ContradictionRegister).contradictions


def register_contradictions(on: date) -> int:
    """Open a finding, already explained, for every contradiction that has none; returns how many were new."""
    new = 0
    with connect("auditor") as connection:
        for each in contradictions():
            row = connection.execute(
                """
                insert into audit.finding (check_id, item, severity, is_material, detail, opened_on, opened_by)
                values (%s, %s, 'warning', true, %s, %s, 'register')
                on conflict (check_id, item) do nothing returning finding_id
                """,
                (each.check, f"{each.id} {each.says.en}", Jsonb(each.model_dump()), on),
            ).fetchone()
            if row is None:
                continue
            connection.execute(
                """
                insert into audit.finding_decision (finding_id, state, owner, reason, decided_by)
                values (%s, 'explained', 'statistics', %s, 'register')
                """,
                (row[0], f"{each.because.en} · {each.because.zh}"),
            )
            new += 1
    return new
