"""What ledger and gate cost per load, in milliseconds and share: `python -m tests.benchmarks.gate [--rounds 9]`.

Synthetic publications of three sizes go through archive, stage and gate in one process; the clock is the wall's, so
compare within one run. The ledger's part is the difference of writing a load's rows of `ops` with and without its
chain; the import of Great Expectations is told by itself, for it is paid once per process.
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from shanhai.load import archive_edition, stage_edition
from shanhai.platform import postgres
from shanhai.validate import validate_loads
from shanhai.warehouse import migrate
from shanhai.warehouse.connection import connect
from tests.small_library import HEAD, YEARBOOK, SmallLibrary

_SIZES = (20, 2_000, 40_000)
_COUNTIES = ("云和县", "庆元县", "缙云县", "遂昌县", "松阳县")
_CHAINED = ("publications", "loads", "verdicts")
_AGAIN = """
insert into ops.{0} select (jsonb_populate_record(t, {1})).* from ops.{0} as t order by {2} desc limit 1
"""
Value = TypeVar("Value")


def timed(work: Callable[[], Value]) -> tuple[float, Value]:
    """Milliseconds that the work takes, and what it returns."""
    began = time.perf_counter()
    value = work()
    return (time.perf_counter() - began) * 1000, value


def synthetic_publication(figures: int, number: int) -> bytes:
    """A table of so many figures, two to a county; different bytes for each number."""
    rows = [f"{_COUNTIES[i % 5]},{900_000 + i + number},{100_000 + i}\r\n" for i in range(figures // 2)]
    return (HEAD + "".join(rows)).encode("gb18030")


def ledger_milliseconds(rounds: int) -> float:
    """What chaining adds to the three rows that a load writes; everything is rolled back."""
    costs = {"enable": list[float](), "disable": list[float]()}
    with connect("owner") as connection:
        for _ in range(rounds):
            for state, found in costs.items():
                for table in _CHAINED:
                    connection.execute(f"alter table ops.{table} {state} trigger chain_row")  # type: ignore[arg-type]
                found.append(timed(lambda: _write_again(connection))[0])
                connection.rollback()
    return statistics.median(costs["enable"]) - statistics.median(costs["disable"])


def _write_again(connection: object) -> None:
    """The last publication, load and verdict once more, under keys of their own."""
    execute = connection.execute  # type: ignore[attr-defined]
    execute(_AGAIN.format("publications", """jsonb_build_object('publication_sha256', gen_random_uuid()::text)""",
                          "archived_at"))  # fmt: skip
    execute(_AGAIN.format("loads", "jsonb_build_object('load_id', -load_id)", "load_id"))
    execute(_AGAIN.format("verdicts", "jsonb_build_object('verdict_id', -verdict_id)", "verdict_id").replace(
        "select (", "overriding system value select ("))  # fmt: skip


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition(":")[0])
    parser.add_argument("--rounds", type=int, default=9)
    rounds = parser.parse_args().rounds
    importing, _ = timed(lambda: __import__("great_expectations.expectations"))
    print(f"importing Great Expectations, once per process: {importing:.0f} ms")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        os.environ["SHANHAI_HOME"] = folder
        Path(folder).chmod(0o755)
        postgres.start()
        try:
            migrate.upgrade()
            measure(SmallLibrary(Path(folder) / "library"), rounds)
        finally:
            postgres.remove()


def measure(small: SmallLibrary, rounds: int) -> None:
    """Load each size so many times; print medians in milliseconds and their share of the whole load."""
    print("figures   archive    stage     gate   ledger   gate %  ledger %")
    for figures in _SIZES:
        archived, staged, judged = list[float](), list[float](), list[float]()
        for number in range(rounds + 1):
            content = synthetic_publication(figures, number)
            key = small.add(f"bureau/t{figures}_{number}", "t.csv", content, YEARBOOK)
            library = small.library
            spent_archiving, digest = timed(lambda: archive_edition(key, library))  # noqa: B023 - called at once
            spent_staging, load_id = timed(lambda: stage_edition(key, digest, library))  # noqa: B023
            spent_judging, objections = timed(lambda: validate_loads([load_id], library))  # noqa: B023
            assert not objections, objections
            if number:  # the first warms up
                archived.append(spent_archiving)
                staged.append(spent_staging)
                judged.append(spent_judging)
        archive, stage, gate = map(statistics.median, (archived, staged, judged))
        ledger = ledger_milliseconds(rounds)
        whole = archive + stage + gate
        print(f"{figures:>7} {archive:>9.1f} {stage:>8.1f} {gate:>8.1f} {ledger:>8.1f} "
              f"{gate / whole:>8.0%} {ledger / whole:>8.1%}")  # fmt: skip


if __name__ == "__main__":
    main()
