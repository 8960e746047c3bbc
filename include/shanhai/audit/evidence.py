"""Everything that the pack says of a run, from stored rows alone: the same rows always give the same evidence."""

from datetime import date
from typing import Any

from psycopg import Connection, sql
from psycopg.rows import dict_row

from shanhai.audit import findings, texts
from shanhai.audit.quarter import STEPS, Quarter
from shanhai.audit.results import AuditError, plain

Rows = list[dict[str, Any]]

_LATEST_RUN = "select max(run_id) from audit.run where quarter = %s"
_RUN = "select * from audit.run where run_id = %(run)s"
_RESULTS = "select * from audit.check_result where run_id = %(run)s order by check_id"
_RECONCILIATION = (
    "select * from audit.reconciliation where run_id = %(run)s order by kind, check_id, item, reconciliation_id"
)
_SAMPLE = "select * from audit.sample_cell where run_id = %(run)s order by position"
# A quarter closes with the approval of its run: what was decided afterwards belongs to the quarters that follow.
_CLOSING = """
select min(position) from ops.ledger
where event = 'audit.sign_off' and (content::jsonb ->> 'run_id')::bigint = %s
    and content::jsonb ->> 'step' = 'approval' and (content::jsonb ->> 'is_approved')::boolean
"""
# Findings that the run met, and contradictions that the register held before the quarter closed.
_MET = """
select finding_id from audit.run_finding where run_id = %(run)s
union
select (content::jsonb ->> 'finding_id')::bigint from ops.ledger
where event = 'audit.finding' and content::jsonb ->> 'opened_by' = 'register'
    and (%(closing)s::bigint is null or position <= %(closing)s)
"""
_LOADS = """
with sealed as (
    select event, content::jsonb as row from ops.ledger
    where position <= %(position)s and event in ('loads', 'verdicts')
)

select loads.load_id, loads.table_id, loads.edition, loads.published_on, loads.rows_staged, loads.loaded_by,
    loads.loaded_at, loads.code_commit, loads.publication_sha256, verdict.is_accepted, verdict.reason as verdict,
    verdict.expectations_run
from ops.loads
inner join sealed on sealed.event = 'loads' and (sealed.row ->> 'load_id')::bigint = loads.load_id
left join lateral (
    select is_accepted, reason, expectations_run from ops.verdicts
    where verdicts.load_id = loads.load_id
        and verdict_id in (select (row ->> 'verdict_id')::bigint from sealed where event = 'verdicts')
    order by verdict_id desc limit 1
) as verdict on true
order by loads.load_id
"""
_REFUSALS = """
select refusals.table_id, refusals.edition, refusals.reason, refusals.refused_at from ops.refusals
where refusal_id in (
    select (content::jsonb ->> 'refusal_id')::bigint from ops.ledger
    where event = 'refusals' and position <= %(position)s
)
order by refusal_id
"""
_DECISIONS = """
select finding_id, state, classification, owner, reason, due_on, accepted_until, decided_by, decided_at
from audit.finding_decision
where finding_id = any(%(met)s) and finding_decision_id in (
    select (content::jsonb ->> 'finding_decision_id')::bigint from ops.ledger
    where event = 'audit.finding_decision' and (%(closing)s::bigint is null or position <= %(closing)s)
)
order by finding_decision_id
"""
_SIGNATURES = """
select * from audit.sign_off
where run_id = %(run)s and sign_off_id in (
    select (content::jsonb ->> 'sign_off_id')::bigint from ops.ledger
    where event = 'audit.sign_off' and (%(closing)s::bigint is null or position <= %(closing)s)
)
order by sign_off_id
"""


def latest_run(connection: Connection, quarter: Quarter) -> int:
    """The last run of a quarter; raises AuditError when there was none."""
    row = connection.execute(_LATEST_RUN, (str(quarter),)).fetchone()
    if row is None or row[0] is None:
        raise AuditError(f"the catalogue was not run for {quarter}: `shanhai audit run {quarter}` · 尚未运行检查")
    return int(row[0])


def gather(connection: Connection, quarter: Quarter, run_id: int | None = None) -> dict[str, Any]:
    """The evidence of a run, the quarter's last one unless another is named; every value is JSON.

    Once the run is approved its evidence never changes: texts are those it was performed by, and what was loaded,
    decided and signed is what the ledger held then.
    """
    run_id = run_id or latest_run(connection, quarter)
    run = _rows(connection, _RUN, run=run_id)[0]
    kept = texts.of_run(connection, run_id)
    closing = connection.execute(_CLOSING, (run_id,)).fetchall()[0][0]
    met = [row["finding_id"] for row in _rows(connection, _MET, run=run_id, closing=closing)]
    results = _rows(connection, _RESULTS, run=run_id)
    for result in results:
        result |= texts.told(kept, result["check_id"]) | {
            # What only informs has not failed; it has something to tell.
            "outcome": "noted" if (result["severity"], result["status"]) == ("info", "failed") else result["status"],
        }
    return {
        "quarter": str(quarter),
        "programme": {step: quarter.due(step).isoformat() for step in STEPS},
        "run": run,
        "results": results,
        "reconciliation": _rows(connection, _RECONCILIATION, run=run_id),
        "findings": _findings(connection, quarter.due("sign_off"), set(met), closing),
        "decisions": _rows(connection, _DECISIONS, met=met, closing=closing),
        "loads": _rows(connection, _LOADS, position=run["ledger_position"]),
        "refusals": _rows(connection, _REFUSALS, position=run["ledger_position"]),
        "sample": _rows(connection, _SAMPLE, run=run_id),
        "sign_offs": _rows(connection, _SIGNATURES, run=run_id, closing=closing),
    }


def _findings(connection: Connection, day: date, met: set[int], closing: int | None) -> Rows:
    """Findings of the run as they stand on the day of the sign-off, with their age in days."""
    return [
        plain(vars(finding) | {"age_days": max((day - finding.opened_on).days, 0)})
        for finding in findings.standing(connection, day, closing=closing)
        if finding.finding_id in met
    ]


def _rows(connection: Connection, statement: str, **parameters: object) -> Rows:
    with connection.cursor(row_factory=dict_row) as cursor:
        # Statements of this module; values are bound.
        return [plain(row) for row in cursor.execute(sql.SQL(statement), parameters).fetchall()]
