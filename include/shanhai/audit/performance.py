"""Performs the catalogue as of a day: every check leaves a result, whether it passed, failed or had nothing to test.

Queries run as the auditor, who can only read, in one transaction that sees one release; results are written by the
pipeline. A check that breaks stops the run: a result that nobody could compute is no result.
"""

import os
from datetime import date
from typing import Any

from psycopg import Connection, IsolationLevel
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from shanhai.audit import recording, standings, texts
from shanhai.audit.probes import PROBES
from shanhai.audit.quarter import Quarter
from shanhai.audit.results import AuditError, Result
from shanhai.audit.scope import PLANNING, Clock, composed, warehouse_source
from shanhai.documents.check import Check
from shanhai.library import Library
from shanhai.provenance import actor, code_commit
from shanhai.warehouse.connection import connect, scalar


def perform(connection: Connection, clock: Clock, library: Library, checks: list[Check] | None = None) -> list[Result]:
    """Perform the checks as of the clock's day, in the connection's transaction; raises AuditError if one breaks."""
    connection.execute(PLANNING)
    return [Result(check, _tested(connection, check, clock, library)) for check in checks or texts.catalogue()]


def run(quarter: Quarter, as_of: date | None = None, dag_run_id: str | None = None) -> int:
    """Perform the whole catalogue for a quarter and record it; returns the run's id."""
    clock, library, performed_by = Clock.of(quarter, as_of), Library.open(), texts.present()
    with reading() as connection:
        release = connection.execute(
            "select release_id from ops.promotions order by promotion_id desc limit 1"
        ).fetchone()
        if release is None:
            raise AuditError("readers see no release yet: `make run`, or `shanhai release promote` · 尚无已发布的集市")
        head = connection.execute(
            "select position, entry_sha256 from ops.ledger order by position desc limit 1"
        ).fetchone()
        results = perform(connection, clock, library)
        counties, standing = standings.county_coverage(connection, clock), standings.standings(connection)
    assert head is not None  # noqa: S101 - a promotion is an entry of the ledger
    with connect() as connection:
        texts.keep(connection, performed_by)
        run_id = int(scalar(
            connection,
            """
            insert into audit.run (quarter, as_of, release_id, ledger_position, ledger_sha256, catalogue_sha256,
                                   documents, code_commit, started_by, dag_run_id)
            values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) returning run_id
            """,
            (str(quarter), clock.as_of, release[0], *head, texts.catalogue_sha256(performed_by),
             Jsonb(texts.hashes(performed_by)), code_commit(),
             actor(),
             dag_run_id or os.environ.get("AIRFLOW_CTX_DAG_RUN_ID")),
        ))  # fmt: skip
        recorder = recording.Recorder(connection, run_id, release[0], clock, texts.hashes(performed_by))
        for result in results:
            recorder.record(result)
        recorder.keep("county_coverage", "K03", counties)
        for kind, (check_id, rows) in standing.items():
            recorder.keep(kind, check_id, rows)
    return run_id


def reading() -> Connection:
    """A connection of the auditor that sees one state of the warehouse and cannot write."""
    connection = connect("auditor")
    connection.isolation_level = IsolationLevel.REPEATABLE_READ
    connection.read_only = True
    return connection


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
