"""Each account may do its own work and nothing else."""

import psycopg
import pytest

from shanhai.settings import Role
from shanhai.warehouse.connection import connect

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
