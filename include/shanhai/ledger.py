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
from shanhai.validate import failing_row_lines, failing_rows_sha256
from shanhai.warehouse.connection import connect
from shanhai.warehouse.gate_tables import CHAINED_GATE_TABLES
from shanhai.warehouse.release_tables import CHAINED_RELEASE_TABLES, ROW_SEALS
from shanhai.warehouse.row_seals import NOW

CHAINED_TABLES = (
    "publications", "loads", "verdicts", "refusals", "releases", "promotions", *CHAINED_GATE_TABLES,
    *CHAINED_RELEASE_TABLES, ROW_SEALS,
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
        _compare_release_rows(connection)
    return verified


def export(path: Path, role: Role = "auditor", rows: Path | None = None) -> Verified:
    """Write every entry as a line of JSON, for `seal.py` to check where there is no warehouse.

    With `rows`, write there the rows that entries seal by a hash: those of releases, and those that failed.
    """
    with connect(role) as connection, path.open("w", encoding="utf-8") as lines:
        # An auditor's transaction sees one moment: nothing is sealed between the two files.
        if rows is not None:
            with rows.open("w", encoding="utf-8") as sets:
                for name, line in _sealed_rows(connection):
                    sets.write(json.dumps({"set": name, "line": line}, ensure_ascii=False) + "\n")
        return walk(_written(_entries(connection), lines))


def _sealed_rows(connection: Connection) -> Iterator[tuple[str, str]]:
    """Every row of a set that an entry seals, as the line that is hashed, with the set's name."""
    for kind, view in (("rows", "release_row_lines"), ("changes", "release_change_lines")):
        with connection.cursor(name=view) as cursor:
            for release_id, line in cursor.execute(
                sql.SQL("select release_id, line from {}").format(sql.Identifier("ops", view))
            ):
                yield f"release {release_id} {kind}", line
    for (verdict_id, expectation_id), found in _failing_rows(connection).items():
        for line in failing_row_lines(found):
            yield f"verdict {verdict_id} {expectation_id}", line


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


def _failing_rows(connection: Connection) -> dict[tuple[int, str], list[dict[str, Any]]]:
    """The rows that expectations objected to, by verdict and expectation."""
    found: dict[tuple[int, str], list[dict[str, Any]]] = defaultdict(list)
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute("select * from ops.failing_rows order by verdict_id, expectation_id, failing_number")
        for row in cursor:
            found[row["verdict_id"], row["expectation_id"]].append(row)
    return found


def _compare_failing_rows(connection: Connection) -> None:
    """The rows that expectations objected to are those whose hash the verdicts seal."""
    found = _failing_rows(connection)
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


def _compare_release_rows(connection: Connection) -> None:
    """The rows that releases brought and took, and their value changes, are those that were sealed with each."""
    names = ("rows_count", "rows_sha256", "changes_count", "changes_sha256")
    sealed = {
        row[0]: row[1:]
        for row in connection.execute(
            "select release_id, rows_count, rows_sha256, changes_count, changes_sha256 from ops.release_row_seals"
        )
    }
    for release_id, *found in connection.execute(NOW).fetchall():
        # A release that kept no rows has nothing to seal.
        if release_id not in sealed and found[0] == found[2] == 0:
            continue
        for name, was, now in zip(names, sealed.get(release_id, (None,) * 4), found, strict=True):
            if was != now:
                raise LedgerError(f"release {release_id}: {name} was sealed as {was} and is {now}")
    stray = connection.execute(
        """
        select relation, row_md5 from ops.release_rows where not exists (
            select from ops.release_row_changes as changes
            where changes.relation = release_rows.relation and changes.row_md5 = release_rows.row_md5
        ) limit 1
        """
    ).fetchone()
    if stray:
        raise LedgerError(f"ops.release_rows holds a row of {stray[0]} that no release brought: {stray[1]}")
