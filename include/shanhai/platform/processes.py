"""Long-lived processes: each in its own session, remembered on disk, stopped with everything it started."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from shanhai import credentials, settings

# A start time read twice may differ by a clock tick; two processes with one number are never this close.
SAME_START_SECONDS = 1.0


@dataclass(frozen=True)
class Record:
    """What identifies a started process for ever: its number and the moment it began."""

    process_id: int
    began: float
    mark: str = ""


def start(name: str, command: Sequence[str], environment: Mapping[str, str], *, cwd: Path, mark: str = "") -> Record:
    """Start a process as leader of a new session, its output appended to logs/<name>.log; remember it."""
    log = log_file(name)
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as out:
        started = subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            env=dict(environment),
            cwd=cwd,
            start_new_session=True,
        )
    record = Record(started.pid, psutil.Process(started.pid).create_time(), mark)
    credentials.write_private(_record_file(name), json.dumps(asdict(record)) + "\n")
    return record


def running(name: str) -> Record | None:
    """The record of a process that is alive, or None."""
    record = _read(name)
    return record if record and _is_alive(record) else None


def stop(patience: Mapping[str, float]) -> None:
    """End processes and all they started: a polite signal to all at once, a hard one when a name's seconds are over."""
    records = {name: record for name in patience if (record := _read(name))}
    for record in records.values():
        if _is_alive(record):
            _signal(record.process_id, signal.SIGTERM)
    began = time.monotonic()
    while any(time.monotonic() - began < patience[name] and _is_alive(record) for name, record in records.items()):
        time.sleep(0.05)
    for name, record in records.items():
        _end_session(record)
        _record_file(name).unlink(missing_ok=True)


def members(record: Record) -> list[int]:
    """The numbers of all living processes of the session a record leads."""
    found: list[int] = []
    if _is_taken_by_another(record):
        return found
    for process in psutil.process_iter(["pid", "status"]):
        with contextlib.suppress(ProcessLookupError, PermissionError, psutil.Error):
            is_member = os.getsid(process.pid) == record.process_id
            if is_member and process.info["status"] != psutil.STATUS_ZOMBIE:
                found.append(process.pid)
    return found


def log_file(name: str) -> Path:
    """Where a process writes."""
    return settings.home() / "logs" / f"{name}.log"


def last_lines(path: Path, count: int) -> str:
    """The end of a text file, or a note that there is none."""
    try:
        lines = path.read_text("utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return f"(no log at {path})"
    return "\n".join(lines[-count:])


def _record_file(name: str) -> Path:
    return settings.home() / "run" / f"{name}.json"


def _read(name: str) -> Record | None:
    try:
        return Record(**json.loads(_record_file(name).read_text("utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def _is_alive(record: Record) -> bool:
    _reap(record.process_id)
    try:
        process = psutil.Process(record.process_id)
        same = abs(process.create_time() - record.began) < SAME_START_SECONDS
        return same and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _is_taken_by_another(record: Record) -> bool:
    """True when the number now belongs to a process that began at another time."""
    try:
        return abs(psutil.Process(record.process_id).create_time() - record.began) >= SAME_START_SECONDS
    except psutil.NoSuchProcess:
        return False


def _end_session(record: Record) -> None:
    # Members may start others while being ended, so look again until none is left.
    for _ in range(100):
        left = members(record)
        if not left:
            return
        for process_id in left:
            _signal(process_id, signal.SIGKILL)
        _reap(record.process_id)
        time.sleep(0.05)


def _signal(process_id: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(process_id, number)


def _reap(process_id: int) -> None:
    """Collect a child that has ended; someone else's is collected by its own parent."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(process_id, os.WNOHANG)
