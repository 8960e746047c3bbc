"""A process that runs one verb and meets one fault at one point of it.

Points are the statements that the verb sends, its commits, the rows it copies and what it does to files, in order; the
verbs themselves know nothing of them. What runs is the real verb against the real server; a kill is a real SIGKILL.
Processes are forked from a server of the standard library that has imported the slow packages once.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from typing import Any

import psutil
import psycopg

from shanhai import settings
from shanhai.platform import postgres

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["tests.faults.warm"])
PATIENCE_SECONDS = 120


@dataclass(frozen=True)
class Fault:
    """What happens at the n-th point, counted from 1."""

    kind: str
    point: int


@dataclass(frozen=True)
class Job:
    """One run of one verb; `dbt_project` stands in for the project's own where it is given."""

    verb: str
    arguments: tuple[Any, ...] = ()
    fault: Fault | None = None
    dbt_project: Path | None = None
    clock_shift_seconds: float = 0.0


@dataclass
class Outcome:
    """What became of it: killed, failed with an error, or done with a value; and the points it passed."""

    state: str
    value: Any = None
    points: list[str] = field(default_factory=list)


def run(job: Job, environment: dict[str, str]) -> Outcome:
    """Run the job in a process of its own and wait for its end."""
    return start(job, environment)()


def start(job: Job, environment: dict[str, str]) -> Callable[[], Outcome]:
    """Start the job; what is returned waits for its end."""
    ours, theirs = FORKS.Pipe(duplex=False)
    process = FORKS.Process(target=_work, args=(job, environment, theirs), daemon=True)
    process.start()
    theirs.close()

    def wait() -> Outcome:
        assert ours.poll(PATIENCE_SECONDS), f"{job} hangs"
        try:
            outcome: Outcome = ours.recv()
        except EOFError:
            outcome = Outcome("killed")
        process.join(PATIENCE_SECONDS)
        return outcome

    return wait


def _work(job: Job, environment: dict[str, str], pipe: Pipe) -> None:
    os.environ |= environment
    if job.dbt_project:
        settings.DBT_PROJECT = job.dbt_project
    if job.clock_shift_seconds:
        clock = time.time
        time.time = lambda: clock() + job.clock_shift_seconds
    points = _Points(job.fault)
    with _watched(points):
        try:
            outcome = Outcome("done", _VERBS[job.verb](*job.arguments), points.passed)
        except Exception as error:  # whatever a fault brings about is what the test looks at
            outcome = Outcome("failed", f"{type(error).__name__}: {error}", points.passed)
    pipe.send(outcome)
    pipe.close()


class _Points:
    """Counts the points and strikes at one of them, once."""

    def __init__(self, fault: Fault | None) -> None:
        self.passed: list[str] = []
        self._fault, self._lock, self._striking = fault, threading.Lock(), False

    def __call__(self, label: str) -> None:
        if self._striking:
            return
        with self._lock:
            self.passed.append(" ".join(label.split())[:70])
            strikes = self._fault is not None and len(self.passed) == self._fault.point
            self._striking = strikes
        if strikes and self._fault:
            FAULTS[self._fault.kind]()
            self._striking = False


@contextlib.contextmanager
def _watched(points: _Points) -> Iterator[None]:
    """Tell `points` of every statement, commit and file written, from here on in this process."""
    execute, command, write_row = psycopg.Cursor.execute, psycopg.Connection._exec_command, psycopg.Copy.write_row
    fsync, replace, commit = os.fsync, os.replace, psycopg.Connection.commit

    def watched_execute(self: Any, query: Any, *arguments: Any, **named: Any) -> Any:
        points(_text(query))
        return execute(self, query, *arguments, **named)

    def watched_command(self: Any, text: Any, *arguments: Any, **named: Any) -> Any:
        points(_text(text))
        return command(self, text, *arguments, **named)

    def watched_row(self: Any, row: Any) -> None:
        if not getattr(self, "_watched", False):
            self._watched = True
            points("copy: first row")
        write_row(self, row)

    def watched_commit(self: Any) -> None:
        commit(self)
        points("committed")

    def watched_fsync(handle: int) -> None:
        points("fsync")
        fsync(handle)

    def watched_replace(*arguments: Any, **named: Any) -> None:
        points("rename")
        replace(*arguments, **named)
        points("renamed")

    psycopg.Cursor.execute = watched_execute  # type: ignore[method-assign]
    psycopg.Connection._exec_command = watched_command  # type: ignore[method-assign]
    psycopg.Copy.write_row = watched_row  # type: ignore[method-assign]
    psycopg.Connection.commit = watched_commit  # type: ignore[method-assign]
    os.fsync, os.replace = watched_fsync, watched_replace  # type: ignore[assignment]
    with _watched_dbt(points):
        yield


@contextlib.contextmanager
def _watched_dbt(points: _Points) -> Iterator[None]:
    """The statements of dbt, which has another driver; where dbt is not imported, there are none."""
    from dbt.adapters.postgres.connections import PostgresConnectionManager

    add_query = PostgresConnectionManager.add_query

    def watched(self: Any, query: str, *arguments: Any, **named: Any) -> Any:
        points(f"dbt: {query.rpartition('*/')[2]}")
        return add_query(self, query, *arguments, **named)

    PostgresConnectionManager.add_query = watched
    yield


def _text(query: Any) -> str:
    if isinstance(query, bytes):
        return query.decode()
    return query if isinstance(query, str) else query.as_string()


def kill_postgres() -> None:
    """SIGKILL to the server and every process of it, as a machine that dies."""
    leader = psutil.Process(int((settings.home() / "postgres" / "data" / "postmaster.pid").read_text().split()[0]))
    for process in [leader, *leader.children(recursive=True)]:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(signal.SIGKILL)
    while leader.is_running() and leader.status() != psutil.STATUS_ZOMBIE:
        time.sleep(0.01)


def _restart_postgres() -> None:
    postgres.stop()
    postgres.start()


def _cut_connections() -> None:
    """End every other session of the warehouse, as a lost network or a killed client would."""
    address = settings.server_address().set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity "
            "where datname = current_database() and pid <> pg_backend_pid()"
        )


FAULTS: dict[str, Callable[[], None]] = {
    "worker killed": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "postgres killed": kill_postgres,
    "postgres restarted": _restart_postgres,
    "connection cut": _cut_connections,
    "slowed down": lambda: time.sleep(1.0),
}


def _archive(key: tuple[str, str]) -> str:
    from shanhai.load import EditionKey, archive_edition

    return archive_edition(EditionKey(*key))


def _stage(key: tuple[str, str], digest: str) -> int:
    from shanhai.load import EditionKey, stage_edition

    return stage_edition(EditionKey(*key), digest)


def _validate(load_id: int) -> None:
    from shanhai.validate import validate_load

    validate_load(load_id)


def _load(key: tuple[str, str]) -> int:
    from shanhai.load import EditionKey, load_edition

    return load_edition(EditionKey(*key))


def _build() -> int:
    from shanhai.release.candidate import build_candidate

    return build_candidate()


def _promote(release_id: int) -> None:
    from shanhai.release.promotion import promote

    promote(release_id)


def _rollback() -> int:
    from shanhai.release.promotion import rollback

    return rollback()


_VERBS: dict[str, Callable[..., Any]] = {
    "archive": _archive,
    "stage": _stage,
    "validate": _validate,
    "load": _load,
    "build": _build,
    "promote": _promote,
    "rollback": _rollback,
}
