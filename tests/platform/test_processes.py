"""Long-lived processes end with all they started, and nothing that is not ours is ever touched."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from shanhai.platform import processes

STUBBORN = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import os, time; os.setpgid(0, 0); time.sleep(60)"])
print(child.pid, flush=True)
time.sleep(60)
"""


def start(name: str, home: Path) -> processes.Record:
    home.mkdir(exist_ok=True)
    return processes.start(name, [sys.executable, "-c", STUBBORN], os.environ, cwd=home)


def child_of(name: str) -> int:
    deadline = time.monotonic() + 10
    while not processes.log_file(name).read_text().strip():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return int(processes.log_file(name).read_text())


def is_alive(number: int) -> bool:
    return psutil.pid_exists(number) and psutil.Process(number).status() != psutil.STATUS_ZOMBIE


def test_one_that_ignores_the_polite_signal_is_ended_with_its_children(home: Path) -> None:
    record = start("stubborn", home)
    child = child_of("stubborn")
    assert processes.running("stubborn") == record
    assert set(processes.members(record)) == {record.process_id, child}
    processes.stop({"stubborn": 0.2})
    assert not is_alive(record.process_id)
    assert not is_alive(child)
    assert processes.running("stubborn") is None


def test_children_of_a_killed_leader_are_ended_too(home: Path) -> None:
    record = start("killed", home)
    child = child_of("killed")
    os.kill(record.process_id, 9)
    os.waitpid(record.process_id, 0)
    assert processes.running("killed") is None
    assert is_alive(child)
    processes.stop({"killed": 5})
    assert not is_alive(child)


def test_a_process_that_got_an_old_number_is_left_alone(home: Path) -> None:
    with subprocess.Popen(["/bin/sleep", "60"], start_new_session=True) as other:
        record = {"process_id": other.pid, "began": psutil.Process(other.pid).create_time() - 3600, "mark": ""}
        (home / "run").mkdir(parents=True)
        (home / "run" / "old.json").write_text(json.dumps(record))
        assert processes.running("old") is None
        processes.stop({"old": 0})
        assert other.poll() is None
        other.kill()


def test_stopping_what_never_ran_is_nothing(home: Path) -> None:
    processes.stop({"never": 1})


@pytest.mark.parametrize("content", ["", "{", '{"unknown": 1}'])
def test_a_broken_record_counts_as_none(home: Path, content: str) -> None:
    (home / "run").mkdir(parents=True)
    (home / "run" / "broken.json").write_text(content)
    assert processes.running("broken") is None
