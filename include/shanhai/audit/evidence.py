"""Everything that the pack says of a run, from stored rows alone: the same rows always give the same evidence."""

from datetime import date
from typing import Any

from psycopg import Connection, sql
from psycopg.rows import dict_row

from shanhai.audit import findings
from shanhai.audit.performance import AuditError, catalogue, plain
from shanhai.audit.quarter import STEPS, Quarter

Rows = list[dict[str, Any]]

_LATEST_RUN = "select max(run_id) from audit.run where quarter = %s"
_RUN = "select * from audit.run where run_id = %(run)s"
_RESULTS = "select * from audit.check_result where run_id = %(run)s order by check_id"
_RECONCILIATION = (
    "select * from audit.reconciliation where run_id = %(run)s order by kind, check_id, item, reconciliation_id"
)
_SAMPLE = "select * from audit.sample_cell where run_id = %(run)s order by position"
_LOADS = """
select loads.load_id, loads.table_id, loads.edition, loads.published_on, loads.rows_staged, loads.loaded_by,
    loads.loaded_at, loads.code_commit, loads.publication_sha256, verdict.is_accepted, verdict.reason as verdict,
    verdict.expectations_run
from ops.loads
inner join ops.ledger on ledger.event = 'loads' and (ledger.content::jsonb ->> 'load_id')::bigint = loads.load_id
left join lateral (
    select is_accepted, reason, expectations_run from ops.verdicts
    where verdicts.load_id = loads.load_id order by verdict_id desc limit 1
) as verdict on true
where ledger.position <= %(position)s
order by loads.load_id
"""
_REFUSALS = """
select refusals.table_id, refusals.edition, refusals.reason, refusals.refused_at from ops.refusals
order by refusal_id
"""
_DECISIONS = """
select finding_id, state, classification, owner, reason, due_on, accepted_until, decided_by, decided_at
from audit.finding_decision order by finding_decision_id
"""
_SIGNATURES = "select * from audit.sign_off where quarter = %(quarter)s order by sign_off_id"


def latest_run(connection: Connection, quarter: Quarter) -> int:
    """The last run of a quarter; raises AuditError when there was none."""
    row = connection.execute(_LATEST_RUN, (str(quarter),)).fetchone()
    if row is None or row[0] is None:
        raise AuditError(f"the catalogue was not run for {quarter}: `shanhai audit run {quarter}` · 尚未运行检查")
    return int(row[0])


def gather(connection: Connection, quarter: Quarter, run_id: int | None = None) -> dict[str, Any]:
    """The evidence of a run, the quarter's last one unless another is named; every value is JSON."""
    run_id = run_id or latest_run(connection, quarter)
    run = _rows(connection, _RUN, run=run_id)[0]
    day = quarter.due("sign_off")
    checks = {check.id: check for check in catalogue()}
    results = _rows(connection, _RESULTS, run=run_id)
    for result in results:
        check = checks[result["check_id"]]
        result |= {
            "title": check.title.model_dump(), "family": check.family.model_dump(), "level": check.level,
            "dimension": check.dimension, "owner": check.owner, "tolerance": check.tolerance,
            "reference": check.reference, "enforced": [e.model_dump() for e in check.enforced],
            "is_reconciled": check.reconciles is not None,
            # What only informs has not failed; it has something to tell.
            "outcome": "noted" if (result["severity"], result["status"]) == ("info", "failed") else result["status"],
        }  # fmt: skip
    return {
        "quarter": str(quarter),
        "programme": {step: quarter.due(step).isoformat() for step in STEPS},
        "run": run,
        "results": results,
        "reconciliation": _rows(connection, _RECONCILIATION, run=run_id),
        "findings": _findings(connection, day),
        "decisions": _rows(connection, _DECISIONS),
        "loads": _rows(connection, _LOADS, position=run["ledger_position"]),
        "refusals": _rows(connection, _REFUSALS),
        "sample": _rows(connection, _SAMPLE, run=run_id),
        "sign_offs": _rows(connection, _SIGNATURES, quarter=str(quarter)),
    }


def _findings(connection: Connection, day: date) -> Rows:
    """Findings as they stand on the day of the sign-off, with their age in days."""
    return [
        plain(vars(finding) | {"age_days": max((day - finding.opened_on).days, 0)})
        for finding in findings.standing(connection, day)
    ]


def _rows(connection: Connection, statement: str, **parameters: object) -> Rows:
    with connection.cursor(row_factory=dict_row) as cursor:
        # Statements of this module; values are bound.
        return [plain(row) for row in cursor.execute(sql.SQL(statement), parameters).fetchall()]
