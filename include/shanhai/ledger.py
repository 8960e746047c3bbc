"""The ledger of what happened: walks its hash chain, compares it with the rows it was made from, exports it."""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

from psycopg import Connection, sql
from psycopg.rows import dict_row

from shanhai.seal import Entry, LedgerError, Verified, walk
from shanhai.settings import Role
from shanhai.validate import failing_rows_sha256
from shanhai.warehouse.connection import connect
from shanhai.warehouse.gate_tables import CHAINED_GATE_TABLES
from shanhai.warehouse.release_tables import CHAINED_RELEASE_TABLES

CHAINED_TABLES = (
    "publications", "loads", "verdicts", "refusals", "releases", "promotions", *CHAINED_GATE_TABLES,
    *CHAINED_RELEASE_TABLES,
)  # fmt: skip
CHAINED_AUDIT_TABLES = (
    "document", "run", "check_result", "reconciliation", "finding", "run_finding", "finding_decision", "sample_cell",
    "pack", "sign_off",
)  # fmt: skip


def verify(role: Role = "auditor", public_key: str | None = None) -> Verified:
    """Walk the whole chain and compare it with ops; raises LedgerError naming the first entry that does not hold.

    With the installation's public key (base64), every sign-off must be signed with it.
    """
    with connect(role) as connection:
        verified = walk(_entries(connection), public_key)
        for table in CHAINED_TABLES:
            _compare(connection, "ops", table, event=table)
        for table in CHAINED_AUDIT_TABLES:
            _compare(connection, "audit", table, event=f"audit.{table}")
        _compare_failing_rows(connection)
    return verified


def export(path: Path, role: Role = "auditor") -> Verified:
    """Write every entry as a line of JSON, for `seal.py` to check where there is no warehouse."""
    with connect(role) as connection, path.open("w", encoding="utf-8") as lines:
        return walk(_written(_entries(connection), lines))


def _written(entries: Iterator[Entry], lines: TextIO) -> Iterator[Entry]:
    for entry in entries:
        lines.write(json.dumps(asdict(entry), ensure_ascii=False) + "\n")
        yield entry


def _entries(connection: Connection) -> Iterator[Entry]:
    with connection.cursor(name="ledger") as cursor:
        cursor.execute(
            """
            select position, to_char(happened_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), actor, event,
                content, previous_sha256, entry_sha256
            from ops.ledger order by position
            """
        )
        for row in cursor:
            yield Entry(*row)


def _compare(connection: Connection, schema: str, table: str, event: str) -> None:
    """Every row of the table is in the ledger as it is, and every entry has its row.

    A column that a later migration added is empty in the rows written before it, and absent from their entries.
    Compared as rows, since an entry writes a moment in the time zone of whoever wrote it.
    """
    statement = sql.SQL(
        """
        select coalesce('entry ' || ledger.position, 'a row without an entry')
        from (
            select
                jsonb_strip_nulls(to_jsonb(jsonb_populate_record(null::{table}, content::jsonb)))::text as content,
                position
            from ops.ledger where event = {event}
        ) as ledger
        full join (
            select jsonb_strip_nulls(to_jsonb(written))::text as content from {table} as written
        ) as written using (content)
        where ledger.position is null or written.content is null
        order by ledger.position limit 1
        """
    ).format(event=sql.Literal(event), table=sql.Identifier(schema, table))
    found = connection.execute(statement).fetchone()
    if found:
        raise LedgerError(f"{schema}.{table} and the ledger differ: {found[0]}")


def _compare_failing_rows(connection: Connection) -> None:
    """The rows that expectations objected to are those whose hash the verdicts seal."""
    found: dict[tuple[int, str], list[dict[str, Any]]] = defaultdict(list)
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute("select * from ops.failing_rows order by verdict_id, expectation_id, failing_number")
        for row in cursor:
            found[row["verdict_id"], row["expectation_id"]].append(row)
    sealed = connection.execute(
        """
        select verdict_id, entry ->> 'id', entry ->> 'failing_rows_sha256'
        from ops.verdicts cross join jsonb_array_elements(results) as entry
        where (entry ->> 'failing_rows')::integer > 0
        """
    ).fetchall()
    for verdict_id, expectation_id, sha256 in sealed:
        if failing_rows_sha256(found.pop((verdict_id, expectation_id), [])) != sha256:
            raise LedgerError(f"ops.failing_rows of verdict {verdict_id}, {expectation_id}, are not those it sealed")
    if found:
        raise LedgerError(f"ops.failing_rows hold rows that no verdict sealed: {next(iter(found))}")
