"""Each account may do its own work and nothing else."""

import subprocess
import sys
import time
from collections.abc import Callable

import psycopg
import pytest

from shanhai.settings import Role
from shanhai.warehouse.connection import connect, scalar

pytestmark = pytest.mark.usefixtures("scratch_warehouse")


def refused(role: Role, statement: str) -> bool:
    with connect(role) as connection:
        try:
            connection.execute(statement)  # type: ignore[arg-type]
        except psycopg.errors.InsufficientPrivilege:
            return True
        finally:
            connection.rollback()
    return False


@pytest.mark.parametrize("statement", [
    "select * from ops.loads", "select * from staging.observations", "create table public.mine (x int)",
    "create schema mine", "create table marts.mine (x int)", "create temporary table mine (x int)",
])  # fmt: skip
def test_a_reader_sees_marts_only(statement: str) -> None:
    assert refused("reader", statement)


@pytest.mark.parametrize("role", ["auditor", "engineer", "pipeline"])
def test_people_of_the_house_read_the_ledger(role: Role) -> None:
    assert not refused(role, "select * from ops.loads")


@pytest.mark.parametrize("role", ["auditor", "engineer", "pipeline", "reader"])
@pytest.mark.parametrize(
    "verb", ["update ops.loads set edition = 'x'", "delete from ops.verdicts", "truncate staging.observations cascade"]
)
def test_nobody_changes_what_was_written(role: Role, verb: str) -> None:
    assert refused(role, verb)


def test_an_auditor_adds_nothing_to_the_ledger() -> None:
    assert refused("auditor", "insert into ops.refusals (table_id, edition, reason) values ('a', 'b', 'c')")
    assert not refused("pipeline", "insert into ops.refusals (table_id, edition, reason) values ('a', 'b', 'c')")


def test_a_reader_enters_no_other_schema() -> None:
    with connect("reader") as connection:
        rows = connection.execute(
            "select nspname from pg_namespace where has_schema_privilege(oid, 'usage') "
            "and nspname not in ('pg_catalog', 'information_schema')"
        ).fetchall()
    assert rows == [("marts",)]


def test_a_statement_ends_with_its_client() -> None:
    """Killed while its statement runs, a client leaves none behind that would hold locks; seen in some seconds."""
    code = (
        "from shanhai.warehouse.connection import connect\n"
        "connect('pipeline').execute(\"select pg_sleep(120) /* left behind */\")\n"
    )
    left_behind = (
        "select count(*) from pg_stat_activity where query like '% left behind */' and pid <> pg_backend_pid()"
    )
    client = subprocess.Popen([sys.executable, "-c", code])
    try:
        with connect() as connection:
            connection.autocommit = True
            assert eventually(lambda: scalar(connection, left_behind) == 1)
            client.kill()
            assert eventually(lambda: scalar(connection, left_behind) == 0)
    finally:
        client.kill()
        client.wait()


def eventually(holds: Callable[[], bool], seconds: int = 60) -> bool:
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True
