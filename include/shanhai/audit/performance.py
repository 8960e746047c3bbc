"""Performs the catalogue as of a day: every check leaves a result, whether it passed, failed or had nothing to test.

Queries run as the auditor, who can only read, in one transaction that sees one release; results are written by the
pipeline. A check that breaks stops the run: a result that nobody could compute is no result.
"""

import hashlib
import os
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from psycopg import Connection, IsolationLevel, sql
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from shanhai import settings
from shanhai.audit.probes import PROBES
from shanhai.audit.quarter import Quarter
from shanhai.audit.scope import PLANNING, Clock, composed, warehouse_source
from shanhai.documents.check import Check, load_checks
from shanhai.library import Library
from shanhai.provenance import actor, code_commit
from shanhai.warehouse.connection import connect, scalar

SAMPLE = 20  # failing items kept with a result
FINDINGS = 500  # findings opened by one check in one run
MATERIAL_PCT = Decimal("0.5")  # of a county's aggregate (domain §6.1)
MATERIAL_PP = Decimal("0.1")  # of a published gap
# Figures of the three years to the quarter's end: an older census would hide the gaps of later years.
_COUNTY_READS = {
    "members": "marts.dim_list_membership", "divisions": "marts.dim_divisions", "observations": "marts.fct_observations"
}  # fmt: skip
_COUNTIES = """
select
    members.division_code as item, divisions.name_zh, divisions.prefecture_name, false as is_failure,
    count(observations.observation_key) as "left", count(distinct observations.indicator_code) as "right"
from members
inner join divisions on members.division_code = divisions.division_code and divisions.is_current
cross join clock
left join observations
    on members.division_code = observations.division_code and observations.known_rank = 1
        and observations.value is not null and observations.period_end > clock.quarter_end - interval '3 years'
where members.list_code = 'original_26'
group by members.division_code, divisions.name_zh, divisions.prefecture_name
"""
_NO_PAIR = {"left": None, "right": None, "is_failure": False}
_DECISIONS = {"error": "block", "warning": "query", "info": "report"}


class AuditError(RuntimeError):
    """The audit cannot go on; the message names the check or what is missing."""


@dataclass(frozen=True)
class Result:
    """What one check found; `failing` and `tested` are rows of its query with their explanation."""

    check: Check
    tested: list[dict[str, Any]]

    @property
    def failing(self) -> list[dict[str, Any]]:
        """The items that failed, in the order of their names; none where too few were tested to say so."""
        if self.status == "not_applicable":
            return []
        return sorted((row for row in self.tested if row["is_failure"]), key=lambda row: str(row["item"]))

    @property
    def status(self) -> str:
        """passed, failed, or not_applicable when there was too little to test."""
        if len(self.tested) < self.check.minimum:
            return "not_applicable"
        return "failed" if any(row["is_failure"] for row in self.tested) else "passed"

    @property
    def decision(self) -> str:
        """What follows: block, query or report a failure according to its severity; none otherwise."""
        return _DECISIONS[self.check.severity] if self.status == "failed" else "none"

    @property
    def reason(self) -> dict[str, str]:
        """Why the status is what it is, English and Chinese."""
        tested, minimum = len(self.tested), self.check.minimum
        if self.status == "not_applicable":
            why = self.check.not_applicable
            return {
                "en": f"not applicable: {tested} tested, {minimum} needed. {why.en}",
                "zh": f"不适用：检验 {tested} 项，至少需 {minimum} 项。{why.zh}",
            }
        if self.status == "failed":
            return {"en": self.check.message.en, "zh": self.check.message.zh}
        return {"en": f"{tested} tested, none failed", "zh": f"检验 {tested} 项，全部通过"}


def catalogue() -> list[Check]:
    """Every check of the catalogue."""
    return load_checks(settings.AUDIT / "checks")


def catalogue_sha256() -> str:
    """Hash of the catalogue's documents."""
    files = sorted((settings.AUDIT / "checks").glob("*.yml"))
    return hashlib.sha256("".join(file.name + _sha256(file) for file in files).encode()).hexdigest()


def perform(connection: Connection, clock: Clock, library: Library, checks: list[Check] | None = None) -> list[Result]:
    """Perform the checks as of the clock's day, in the connection's transaction; raises AuditError if one breaks."""
    connection.execute(PLANNING)
    return [Result(check, _tested(connection, check, clock, library)) for check in checks or catalogue()]


def run(quarter: Quarter, as_of: date | None = None, dag_run_id: str | None = None) -> int:
    """Perform the whole catalogue for a quarter and record it; returns the run's id."""
    clock, library = Clock.of(quarter, as_of), Library.open()
    with reading() as connection:
        release_id = scalar(connection, "select release_id from ops.promotions order by promotion_id desc limit 1")
        head = connection.execute(
            "select position, entry_sha256 from ops.ledger order by position desc limit 1"
        ).fetchone()
        results = perform(connection, clock, library)
        counties, standings = _county_coverage(connection, clock), _standings(connection)
    assert head is not None  # noqa: S101 - a promotion is an entry of the ledger
    with connect() as connection:
        run_id = int(scalar(
            connection,
            """
            insert into audit.run (quarter, as_of, release_id, ledger_position, ledger_sha256, catalogue_sha256,
                                   code_commit, started_by, dag_run_id)
            values (%s, %s, %s, %s, %s, %s, %s, %s, %s) returning run_id
            """,
            (str(quarter), clock.as_of, release_id, *head, catalogue_sha256(), code_commit(),
             actor(), dag_run_id or os.environ.get("AIRFLOW_CTX_DAG_RUN_ID")),
        ))  # fmt: skip
        for result in results:
            _record(connection, run_id, release_id, clock, result)
        _keep(connection, run_id, "county_coverage", "K03", counties)
        for kind, (check_id, rows) in standings.items():
            _keep(connection, run_id, kind, check_id, rows)
    return run_id


def reading() -> Connection:
    """A connection of the auditor that sees one state of the warehouse and cannot write."""
    connection = connect("auditor")
    connection.isolation_level = IsolationLevel.REPEATABLE_READ
    connection.read_only = True
    return connection


def plain(value: Any) -> Any:
    """A value of a row as JSON keeps it: numbers as their decimal text, days as ISO, texts no longer than 300."""
    if isinstance(value, Decimal):
        # A query may divide; twelve significant digits are more than any publication prints.
        rounded = value if len(value.as_tuple().digits) <= 16 else value.quantize(Decimal("0.000001"))
        return format(rounded.normalize() if rounded == rounded.to_integral() else rounded, "f")
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    if value is None or isinstance(value, bool | int | str):
        return value[:300] if isinstance(value, str) else value
    return str(value)


def _tested(connection: Connection, check: Check, clock: Clock, library: Library) -> list[dict[str, Any]]:
    if check.probe:
        rows = PROBES[check.probe](connection, library)
    else:
        assert check.query is not None  # noqa: S101 - a check has a query or a probe
        statement, parameters = composed(check.query, check.reads, clock, warehouse_source, "select * from tested")
        with connection.cursor(row_factory=dict_row) as cursor:
            rows = cursor.execute(statement, parameters).fetchall()
    undecided = [row["item"] for row in rows if row["is_failure"] is None]
    if undecided:
        raise AuditError(f"{check.id} could not decide {len(undecided)} items, {undecided[0]!r} first")
    return rows


def _record(connection: Connection, run_id: int, release_id: int, clock: Clock, result: Result) -> None:
    check, failing = result.check, result.failing
    sample = [{key: plain(value) for key, value in row.items() if key != "is_failure"} for row in failing[:SAMPLE]]
    connection.execute(
        """
        insert into audit.check_result (check_id, run_id, as_of, release_id, severity, status, rows_tested, rows_failed,
                                        reason, sample, decision, document_sha256)
        values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
        """,
        (check.id, run_id, clock.as_of, release_id, check.severity, result.status, len(result.tested), len(failing),
         Jsonb(result.reason), Jsonb(sample), result.decision, _sha256(settings.AUDIT / "checks" / f"{check.id}.yml")),
    )  # fmt: skip
    if check.reconciles:
        _reconcile(connection, run_id, result)
    if check.severity == "info":
        return
    for row in failing[:FINDINGS]:
        connection.execute(
            """
            insert into audit.finding (check_id, item, severity, is_material, detail, run_id, opened_on, opened_by)
            values (%s, %s, %s, %s, %s, %s, %s, 'audit') on conflict (check_id, item) do nothing
            """,
            (check.id, str(row["item"]), check.severity, is_material(row),
             Jsonb({k: plain(v) for k, v in row.items() if k not in ("item", "is_failure")}), run_id, clock.as_of),
        )  # fmt: skip


def _reconcile(connection: Connection, run_id: int, result: Result) -> None:
    """Keep every pair that the check compared, those that agree too: a reconciliation shows both."""
    check = result.check
    assert check.reconciles is not None  # noqa: S101 - the caller asks only those that reconcile
    left, right = check.reconciles.left, check.reconciles.right
    rows = [row | {"left": row[left], "right": row[right] if right else None} for row in result.tested]
    told = {"item", "is_failure", left, right}
    _keep(connection, run_id, check.reconciles.kind, check.id, rows, told)


def _keep(
    connection: Connection, run_id: int, kind: str, check_id: str, rows: list[dict[str, Any]],
    told: Collection[str | None] = ("item", "is_failure"),
) -> None:  # fmt: skip
    """Store rows with `item`, `left`, `right` and `is_failure`; what else explains them goes into the detail."""
    skipped = {*told, "left", "right"}
    with connection.cursor() as cursor:
        cursor.executemany(
            """
            insert into audit.reconciliation
                (run_id, kind, check_id, item, left_value, right_value, is_break, detail)
            values (%s, %s, %s, %s, %s, %s, %s, %s)
            """,
            [
                (run_id, kind, check_id, str(row["item"]), row["left"], row["right"], row["is_failure"],
                 Jsonb({key: plain(value) for key, value in row.items() if key not in skipped}))
                for row in sorted(rows, key=lambda row: str(row["item"]))
            ],
        )  # fmt: skip


def _county_coverage(connection: Connection, clock: Clock) -> list[dict[str, Any]]:
    """How many figures and indicators of each of the 26 counties were known on the day; a county of none is shown."""
    statement, parameters = composed(
        _COUNTIES, _COUNTY_READS, clock, warehouse_source, "select * from tested order by item"
    )
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(statement, parameters).fetchall()


def _standings(connection: Connection) -> dict[str, tuple[str, list[dict[str, Any]]]]:
    """What calendar, waivers and quarantine say on the day of the run, kept because tomorrow they differ."""
    found = {}
    for kind, check_id in (("completeness", "K04"), ("waiver_standing", "K05"), ("quarantine", "S01")):
        if scalar(connection, "select to_regclass(%s) is null", (f"ops.{kind}",)):
            continue
        statement = sql.SQL("select to_jsonb(row) from {} as row").format(sql.Identifier("ops", kind))
        rows = [row for (row,) in connection.execute(statement)]
        found[kind] = (check_id, [{**row, "item": _named(row), **_NO_PAIR} for row in rows])
    return found


def _named(row: dict[str, Any]) -> str:
    """What a row is about, of those of its columns that say so."""
    names = ("table_id", "edition", "load_id", "waiver_id", "expectation_id", "period", "time_period")
    return " ".join(str(row[name]) for name in names if row.get(name) is not None)


def is_material(row: dict[str, Any]) -> bool:
    """Whether a failing item exceeds the materiality; one that carries no size is always looked at."""
    if row.get("relative_pct") is not None:
        return abs(Decimal(row["relative_pct"])) >= MATERIAL_PCT
    if row.get("difference_pp") is not None:
        return abs(Decimal(row["difference_pp"])) >= MATERIAL_PP
    return True


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
