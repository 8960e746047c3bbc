"""The ledger of what happened: walks its hash chain and compares it with the rows it was made from."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from psycopg import Connection, sql

from shanhai.settings import Role
from shanhai.warehouse.connection import connect

CHAINED_TABLES = ("publications", "loads", "verdicts", "refusals", "releases", "promotions")
START = "0" * 64


class LedgerError(RuntimeError):
    """The ledger was altered; the message names the entry."""


@dataclass(frozen=True)
class Entry:
    """One entry: a row of ops as it was written, sealed with the entry before."""

    position: int
    happened_at: datetime
    actor: str
    event: str
    content: str
    previous_sha256: str
    entry_sha256: str

    def sealed(self) -> str:
        """The hash that this entry must carry: SHA-256 of its parts, one a line, in UTF-8."""
        moment = self.happened_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        parts = (str(self.position), moment, self.actor, self.event, self.content, self.previous_sha256)
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


@dataclass(frozen=True)
class Verified:
    """How far a walk came: entries, and the hash that stands for all of them."""

    entries: int
    head_sha256: str


def verify(role: Role = "auditor") -> Verified:
    """Walk the whole chain; raises LedgerError naming the first entry that was altered, dropped, added or reordered."""
    with connect(role) as connection:
        previous, position = START, 0
        for entry in _entries(connection):
            position += 1
            if entry.position != position:
                raise LedgerError(f"entry {position} is missing; {entry.position} stands in its place")
            if entry.previous_sha256 != previous:
                raise LedgerError(f"entry {position} does not follow the entry before it")
            if entry.sealed() != entry.entry_sha256:
                raise LedgerError(f"entry {position} ({entry.event}) was altered")
            previous = entry.entry_sha256
        for table in CHAINED_TABLES:
            _compare(connection, table)
    return Verified(position, previous)


def _entries(connection: Connection) -> Iterator[Entry]:
    with connection.cursor(name="ledger") as cursor:
        cursor.execute(
            "select position, happened_at, actor, event, content, previous_sha256, entry_sha256"
            " from ops.ledger order by position"
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
