"""Readers who never stop reading see no error and no mixture while one release after another is promoted."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest

from shanhai import settings
from shanhai.platform import postgres
from shanhai.release import promotion
from tests.faults.conftest import FaultyWarehouse, assert_sound
from tests.faults.test_releases import kept_releases

READERS, PROMOTIONS = 200, 50


@pytest.fixture
def roomy_server(built_warehouse: FaultyWarehouse) -> Iterator[FaultyWarehouse]:
    """The fault server with room for so many connections."""
    with postgres._connect() as connection:
        connection.execute("alter system set max_connections = 300")
    postgres.stop()
    postgres.start()
    yield built_warehouse
    with postgres._connect() as connection:
        connection.execute("alter system reset max_connections")


@pytest.mark.slow
def test_two_hundred_readers_notice_nothing_of_fifty_promotions(
    roomy_server: FaultyWarehouse, tell: Callable[[str], None]
) -> None:
    first, second = kept_releases()[-2:]
    promotion.promote(first)
    readers = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.readers", str(READERS)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=settings.PROJECT_ROOT,
    )  # fmt: skip
    assert readers.stdin is not None
    assert readers.stdout is not None
    assert readers.stdout.readline() == "ready\n"
    seconds: dict[str, list[float]] = {"promote": [], "rollback": []}
    for number in range(PROMOTIONS):
        began = time.monotonic()
        if number % 2 == 0:
            promotion.promote(second if number % 4 == 0 else first)
        else:
            promotion.rollback()
        seconds["rollback" if number % 2 else "promote"].append(time.monotonic() - began)
        time.sleep(0.05)
    said = json.loads(readers.communicate(timeout=120)[0])
    tell(f"{READERS} readers, {said['reads']} reads of two marts, longest {said['longest_seconds']:.2f} s, "
         f"{said['mixed']} mixed, {len(said['errors'])} errors")  # fmt: skip
    for name, taken in seconds.items():
        taken.sort()
        middle, late = statistics.median(taken), taken[int(len(taken) * 0.95)]
        tell(f"  {name}: {len(taken)} times, median {middle * 1000:.0f} ms, p95 {late * 1000:.0f} ms")
    assert said["errors"] == []
    assert said["mixed"] == 0
    assert said["reads"] >= READERS
    assert set(said["releases"]) == {f"release_{first}", f"release_{second}"}
    assert_sound()
