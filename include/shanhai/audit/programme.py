"""The steps of the audit's programme as a scheduler calls them: each may be tried again without doing harm."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal

from shanhai.audit import findings, performance, registers, sampling, signing, texts
from shanhai.audit.quarter import Quarter
from shanhai.audit.results import AuditError
from shanhai.warehouse.connection import connect

_STATUSES = {"passed": "passed 通过", "failed": "failed 不通过", "not_applicable": "not applicable 不适用"}


class ReturnedError(AuditError):
    """A person has looked and returned the quarter; that is an answer, and recorded."""


def run_once(quarter: str, dag_run_id: str) -> int:
    """The run that this DAG run has performed already, else a new one; what the registers know is entered beside it."""
    asked = Quarter.parse(quarter)
    with connect("auditor") as connection:
        row = connection.execute(
            "select run_id from audit.run where dag_run_id = %s and quarter = %s", (dag_run_id, quarter)
        ).fetchone()
    run_id = int(row[0]) if row else performance.run(asked, dag_run_id=dag_run_id)
    registers.enter(asked.due("freeze"))
    return run_id


def breaks(run_id: int) -> dict[str, int]:
    """Number of pairs that do not agree, by kind."""
    with connect("auditor") as connection:
        rows = connection.execute(
            "select kind, count(*) filter (where is_break) from audit.reconciliation where run_id = %s"
            " group by kind order by kind",
            (run_id,),
        ).fetchall()
    return {kind: int(number) for kind, number in rows}


def sample_once(run_id: int) -> int:
    """Draw the cells of the run unless they are drawn; returns how many do not hold."""
    with connect("auditor") as connection:
        row = connection.execute(
            "select count(*), count(*) filter (where not is_held) from audit.sample_cell where run_id = %s", (run_id,)
        ).fetchone()
    return int(row[1]) if row and row[0] else sampling.sample(run_id)


def ask_owners(quarter: str) -> int:
    """Ask the owner of every open material finding, with the day on which the answer is due; returns how many."""
    asked, today = Quarter.parse(quarter), datetime.now(UTC).date()
    owners = {check.id: check for check in texts.catalogue()}
    with connect("auditor") as connection:
        open_now = [f for f in findings.standing(connection, today) if f.state in ("open", "expired") and f.is_material]
    for finding in open_now:
        check = owners[finding.check_id]
        findings.decide(
            finding.finding_id, "asked", by="audit", owner=check.owner, on=today,
            reason=f"{check.message.en} · {check.message.zh}", due_on=max(asked.due("queries"), today),
        )  # fmt: skip
    return len(open_now)


def summary(run_id: int) -> str:
    """What a person is told before signing, as Markdown: results of the checks, the sample, what is open."""
    with connect("auditor") as connection:
        results: dict[str, int] = dict(
            connection.execute(
                "select status, count(*) from audit.check_result where run_id = %s group by status", (run_id,)
            ).fetchall()
        )
        performed_by = texts.of_run(connection, run_id)
        failed = connection.execute(
            "select check_id, decision, rows_failed from audit.check_result where run_id = %s and status = 'failed' "
            "order by decision = 'block' desc, check_id",
            (run_id,),
        ).fetchall()
        drawn, held = connection.execute(
            "select count(*), count(*) filter (where is_held) from audit.sample_cell where run_id = %s", (run_id,)
        ).fetchall()[0]
    counts = [f"{results.get(status, 0)} {text}" for status, text in _STATUSES.items()]
    says = {check: texts.check_of(performed_by, check)["message"] for check, _, _ in failed}
    rows = [f"* **{check}** {decision} ({number}): {says[check]['en']} · {says[check]['zh']}"
            for check, decision, number in failed]  # fmt: skip
    checks = f"{sum(results.values())} checks · 检查: {', '.join(counts)}"
    return "\n".join([checks, "", *rows, "", f"{held} of {drawn} sampled cells hold · 抽样 {drawn} 格，相符 {held} 格"])


def record_answer(
    quarter: str, step: Literal["review", "approval"], answer: Mapping[str, Any], *, approve: str
) -> None:
    """Sign a step with what a person chose; raises AuditError when that person may not, ReturnedError for a return."""
    asked, person = Quarter.parse(quarter), answer["responded_by_user"]
    is_approved = list(answer["chosen_options"]) == [approve]
    note = str(answer["params_input"].get("note") or "—")
    signing.sign(asked, step, by=str(person["name"]), is_approved=is_approved, note=note)
    if not is_approved:
        raise ReturnedError(f"{quarter} was returned by {person['name']}: {note} · 已退回")
