"""Review and sign-off of a quarter: two persons, neither of whom loaded what they judge; signed, sealed, once."""

import json
from dataclasses import dataclass
from typing import Any, Literal

from psycopg import Connection
from psycopg.types.json import Jsonb

from shanhai import signing
from shanhai.audit import evidence
from shanhai.audit.findings import loaders
from shanhai.audit.offline.verify_pack import merkle_root
from shanhai.audit.quarter import Quarter
from shanhai.audit.results import AuditError
from shanhai.warehouse.connection import connect

Step = Literal["review", "approval"]


@dataclass(frozen=True)
class SignOff:
    """A recorded step; `statement` is what was signed, in canonical JSON."""

    sign_off_id: int
    statement: dict[str, Any]
    public_key: str
    signature: str


def sign(quarter: Quarter, step: Step, *, by: str, is_approved: bool, note: str, run_id: int | None = None) -> SignOff:
    """Record a step of a quarter's run; raises AuditError when the wrong person signs, or signs too early.

    Who loaded anything of the release, or started the run, may do neither step; who reviewed may not approve. An
    approval needs a review that approved, a drawn sample that holds, and no blocking finding that is open.
    """
    with connect("auditor") as connection:
        run_id = run_id or evidence.latest_run(connection, quarter)
        _refuse_wrong_person(connection, run_id, step, by)
        if step == "approval" and is_approved:
            _refuse_too_early(connection, run_id)
        statement = _statement(connection, quarter, run_id, step, by, is_approved, note)
        text = canonical(statement)
        public_key, signature = signing.public_key(), signing.sign(text)
        row = connection.execute(
            """
            insert into audit.sign_off
                (quarter, run_id, step, is_approved, note, signed_by, statement, public_key, signature)
            values (%s, %s, %s, %s, %s, %s, %s, %s, %s) returning sign_off_id
            """,
            (str(quarter), run_id, step, is_approved, note, by, Jsonb(statement), public_key, signature),
        ).fetchone()  # fmt: skip
    assert row is not None  # noqa: S101 - an insert returns its row
    if step == "approval":
        # The head of the ledger, this approval included, is signed too: its end cannot be cut off unseen.
        signing.sign_off(text.decode(), statement["release_id"])
    return SignOff(int(row[0]), statement, public_key, signature)


def canonical(statement: dict[str, Any]) -> bytes:
    """The bytes that are signed: JSON with sorted keys and no white space, in UTF-8."""
    return json.dumps(statement, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def is_signed(quarter: Quarter) -> bool:
    """Whether the quarter's last run was approved."""
    with connect("auditor") as connection:
        row = connection.execute(
            """
            select is_approved from audit.sign_off
            where run_id = (select max(run_id) from audit.run where quarter = %s) and step = 'approval'
            order by sign_off_id desc limit 1
            """,
            (str(quarter),),
        ).fetchone()
    return bool(row and row[0])


def _refuse_wrong_person(connection: Connection, run_id: int, step: Step, by: str) -> None:
    started = connection.execute("select started_by from audit.run where run_id = %s", (run_id,)).fetchone()
    if started is None:
        raise AuditError(f"there is no run {run_id}")
    if by in loaders(connection) | {started[0]}:
        raise AuditError(f"{by} loaded the data or ran the checks and cannot sign for them · 装载或运行者不得签署")
    reviewed = connection.execute(
        "select 1 from audit.sign_off where run_id = %s and step = 'review' and signed_by = %s", (run_id, by)
    ).fetchone()
    if step == "approval" and reviewed:
        raise AuditError(f"{by} reviewed this run and cannot approve it too · 复核与批准须为不同人")


def _refuse_too_early(connection: Connection, run_id: int) -> None:
    review = connection.execute(
        """
        select is_approved from audit.sign_off where run_id = %s and step = 'review'
        order by sign_off_id desc limit 1
        """,
        (run_id,),
    ).fetchone()
    if not (review and review[0]):
        raise AuditError(f"run {run_id} was not reviewed with approval · 尚未复核通过")
    drawn, held = connection.execute(
        "select count(*), count(*) filter (where is_held) from audit.sample_cell where run_id = %s", (run_id,)
    ).fetchall()[0]
    if not drawn or drawn != held:
        raise AuditError(f"{held} of {drawn} sampled cells hold · 抽样未完成或不符")
    row = connection.execute(
        """
        select count(*) from audit.finding_standing as finding
        inner join audit.check_result as result on finding.check_id = result.check_id and result.run_id = %s
        where result.decision = 'block' and finding.severity = 'error' and finding.last_state is null
        """,
        (run_id,),
    ).fetchone()
    if row and row[0]:
        raise AuditError(f"{row[0]} blocking findings are neither asked nor explained · 阻断级事项未处理")


def _statement(
    connection: Connection, quarter: Quarter, run_id: int, step: Step, by: str, is_approved: bool, note: str
) -> dict[str, Any]:
    """What is signed for: the run, its counts, and the root of the ledger up to the entry it saw last."""
    run = connection.execute(
        "select release_id, as_of, ledger_position, catalogue_sha256 from audit.run where run_id = %s", (run_id,)
    ).fetchall()[0]
    leaves = connection.execute(
        "select entry_sha256 from ops.ledger where position <= %s order by position", (run[2],)
    ).fetchall()
    counts = connection.execute(
        "select status, count(*) from audit.check_result where run_id = %s group by status", (run_id,)
    ).fetchall()
    return {
        "quarter": str(quarter), "run_id": run_id, "step": step, "signed_by": by, "is_approved": is_approved,
        "note": note, "release_id": run[0], "as_of": run[1].isoformat(), "ledger_entries": len(leaves),
        "merkle_root": merkle_root([leaf for (leaf,) in leaves]), "catalogue_sha256": run[3],
        "results": {status: int(number) for status, number in sorted(counts)},
    }  # fmt: skip
