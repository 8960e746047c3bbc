"""The ledger of what happened: walks its hash chain, compares it with the rows it was made from, exports it."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TextIO

from psycopg import Connection, sql

from shanhai.seal import Entry, LedgerError, Verified, walk
from shanhai.settings import Role
from shanhai.warehouse.connection import connect

CHAINED_TABLES = ("publications", "loads", "verdicts", "refusals", "releases", "promotions")


def verify(role: Role = "auditor") -> Verified:
    """Walk the whole chain and compare it with ops; raises LedgerError naming the first entry that does not hold."""
    with connect(role) as connection:
        verified = walk(_entries(connection))
        for table in CHAINED_TABLES:
            _compare(connection, table)
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


def _compare(connection: Connection, table: str) -> None:
    """Every row of the table is in the ledger as it is, and every entry has its row."""
    statement = sql.SQL(
        """
        select coalesce('entry ' || ledger.position, 'a row without an entry')
        from (select content, position from ops.ledger where event = {event}) as ledger
        full join (select to_jsonb(written)::text as content from ops.{table} as written) as written using (content)
        where ledger.position is null or written.content is null
        order by ledger.position limit 1
        """
    ).format(event=sql.Literal(table), table=sql.Identifier(table))
    found = connection.execute(statement).fetchone()
    if found:
        raise LedgerError(f"ops.{table} and the ledger differ: {found[0]}")
