"""What ledger and gate cost per load, in milliseconds and share: `python -m tests.benchmarks.gate [--rounds 9]`.

With `--registers ROWS`, what the gate costs for so many made-up rows of each register with a key of several columns,
on a relation that Postgres has never analysed.

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
from typing import LiteralString, TypeVar

from psycopg import sql

from shanhai.load import archive_edition, stage_edition
from shanhai.platform import postgres
from shanhai.validate import validate_loads
from shanhai.warehouse import migrate
from shanhai.warehouse.connection import connect, scalar
from tests.small_library import HEAD, YEARBOOK, SmallLibrary

_SIZES = (20, 2_000, 40_000)
_COUNTIES = ("云和县", "庆元县", "缙云县", "遂昌县", "松阳县")
_CHAINED = ("publications", "loads", "verdicts")
_AGAIN = """
insert into ops.{0} select (jsonb_populate_record(t, {1})).* from ops.{0} as t order by {2} desc limit 1
"""
# Rows of registers, made by Postgres; a key of several columns is what makes them slow or fast.
_REGISTERS: dict[str, LiteralString] = {
    "divisions": "lpad((100000 + mod(i, 800000))::text, 6, '0') as division_code, '县' || i as name_zh, "
    "'县级' as level, '浙江省' as province_name, '在用' as status, 1980 + mod(i, 40) as valid_from_year",
    "pairings": "'p' as programme_code, 'p' as programme_printed, 'county' as pairing_level, "
    "'r' || i as recipient_name, 'q' || mod(i, 100) as partner_name, 'b' as basis",
    "scheme_rules": "'s' || mod(i, 10) as scheme_code, 'r' || i as rule_code, 'x' as statement_zh, true as is_binding, "
    "'b' as basis",
}
_ROWS = """
insert into {0} select (jsonb_populate_record(null::{0}, to_jsonb(made))).*
from (
    select %(load)s as load_id, i as row_number, 'R' || i as locator, {1}
    from generate_series(1, %(rows)s) as numbers (i)
) as made
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
    parser.add_argument("--registers", type=int, metavar="ROWS")
    asked = parser.parse_args()
    importing, _ = timed(lambda: __import__("great_expectations.expectations"))
    print(f"importing Great Expectations, once per process: {importing:.0f} ms")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        os.environ["SHANHAI_HOME"] = folder
        Path(folder).chmod(0o755)
        postgres.start()
        try:
            migrate.upgrade()
            if asked.registers:
                measure_registers(asked.registers)
            else:
                measure(SmallLibrary(Path(folder) / "library"), asked.rounds)
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


def measure_registers(rows: int) -> None:
    """Stage so many rows of each register by SQL, judge them, print seconds."""
    with connect() as connection:
        connection.execute(
            "insert into ops.publications (publication_sha256, publisher_id, file_name, carrier, byte_count, origin) "
            "values ('made up', 'made_up', 'made up', 'csv', 0, '{}')"
        )
    for relation, columns in _REGISTERS.items():
        with connect() as connection:
            connection.execute("set constraints all deferred")
            load_id = int(scalar(connection, "select nextval(pg_get_serial_sequence('ops.loads', 'load_id'))"))
            connection.execute(
                sql.SQL(_ROWS).format(sql.Identifier("staging", relation), sql.SQL(columns)),
                {"load": load_id, "rows": rows},
            )
            connection.execute(
                "insert into ops.loads (load_id, publisher_id, table_id, edition, relation, publication_sha256, "
                "reading_sha256, rows_staged, cells_ignored, loaded_by) "
                "values (%s, 'made_up', 'made_up/' || %s, '1', %s, 'made up', '', %s, 0, 'benchmark')",
                (load_id, relation, relation, rows),
            )
        spent, objections = timed(lambda: validate_loads([load_id]))  # noqa: B023 - called at once
        assert not objections, objections
        print(f"{relation:<14} {rows} rows: {spent / 1000:.1f} s")


if __name__ == "__main__":
    main()
