"""Gates in a warehouse of tests: who is about to write such a row into `ops` waits there, with all it has done before.

A worker that waits at a gate is surely in the middle of its step, so it can be killed there.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psutil
import psycopg
from psycopg import sql

from shanhai import settings

_WAITING = """
select client_port from pg_stat_activity inner join pg_locks using (pid)
where datname = current_database() and locktype = 'advisory' and objid = %s and not granted
"""
_NUMBER = 411_000


@dataclass
class Gate:
    """A closed gate; `number` tells it from others."""

    connection: psycopg.Connection
    number: int

    def waiting(self) -> list[int]:
        """The ports of the clients that wait there."""
        return [port for (port,) in self.connection.execute(_WAITING, (self.number,)).fetchall()]

    def open(self) -> None:
        """Let everybody through."""
        self.connection.execute("select pg_advisory_unlock_all()")


@contextmanager
def gate(table: str, condition: str = "true") -> Iterator[Gate]:
    """Close a gate before rows of `ops.<table>` that fulfil a condition on `new`; it is gone after the block."""
    address = settings.server_address().set(drivername="postgresql").render_as_string(hide_password=False)
    number = _NUMBER + sum(table.encode())
    name, on = sql.Identifier(f"a_gate_of_{table}"), sql.Identifier("ops", table)
    wait = sql.SQL(
        "create function {name}() returns trigger language plpgsql as "
        "'begin perform pg_advisory_xact_lock_shared({number}); return new; end'"
    ).format(name=name, number=sql.Literal(number))
    guard = sql.SQL(
        "create trigger {name} before insert on {on} for each row when ({condition}) execute function {name}()"
    )
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(wait)
        connection.execute(sql.SQL("grant execute on function {}() to public").format(name))
        connection.execute(guard.format(name=name, on=on, condition=sql.SQL(condition)))  # type: ignore[arg-type]
        connection.execute("select pg_advisory_lock(%s)", (number,))
        made = Gate(connection, number)
        try:
            yield made
        finally:
            made.open()
            connection.execute(sql.SQL("drop function {}() cascade").format(name))


def leader_of(client_port: int) -> int:
    """The number of the process that leads the session in which a client of the server runs."""
    for process in psutil.process_iter():
        try:
            if any(each.laddr and each.laddr.port == client_port for each in process.net_connections("inet")):
                return os.getsid(process.pid)
        except psutil.Error:
            continue
    raise LookupError(f"nobody has the port {client_port}")
