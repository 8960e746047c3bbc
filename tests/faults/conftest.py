"""A server that may be killed, warehouses on it that may be spoilt, and what must hold of them after every fault."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from psycopg import sql

from shanhai import ledger
from shanhai.platform import postgres
from shanhai.warehouse import migrate
from shanhai.warehouse.connection import connect
from tests.conftest import own_database
from tests.faults import small_project
from tests.faults.readers import schemas_read
from tests.faults.worker import Fault, Job, Outcome, run

# Small real publications of three publishers and two shapes: a text, a workbook-like table, a register.
EDITIONS = [
    ("county_bureaus_of_statistics/communique", "yunhe-2022"),
    ("national_bureau_of_statistics/county_yearbook", "2020"),
    ("shanhai_registry/programmes", "first"),
]
_ADDRESSES = ("SHANHAI_DATABASE_URL", "AIRFLOW_CONN_SHANHAI_WAREHOUSE", "SHANHAI_AIRFLOW_DATABASE_URL")
_numbers = itertools.count(1)


@pytest.fixture(scope="package")
def fault_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The home folder of a server of these tests alone, with a migrated, empty warehouse to copy."""
    home = tmp_path_factory.mktemp("faults")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SHANHAI_HOME", str(home))
        for name in _ADDRESSES:
            patch.delenv(name, raising=False)
        postgres.start()
        migrate.upgrade()
        yield home
        # The lock and the address are of this home folder, whatever another test left in the environment.
        postgres.remove()


@dataclass
class FaultyWarehouse:
    """A warehouse and an archive for one chain of verbs, and how to run verbs of it in processes of their own."""

    environment: dict[str, str]
    dbt_project: Path | None = None

    def run(self, verb: str, *arguments: object, fault: Fault | None = None) -> Outcome:
        """Run a verb, with a fault or without."""
        return run(self.job(verb, *arguments, fault=fault), self.environment)

    def job(self, verb: str, *arguments: object, fault: Fault | None = None) -> Job:
        """The job that such a run is."""
        # The registers that reading needs are seeds of the whole project.
        return Job(verb, arguments, fault, self.dbt_project if verb == "build" else None)

    def value(self, verb: str, *arguments: object) -> object:
        """Run a verb undisturbed; it must succeed."""
        outcome = self.run(verb, *arguments)
        assert outcome.state == "done", outcome
        return outcome.value

    def load(self, key: tuple[str, str]) -> None:
        """All three verbs of a load, undisturbed."""
        self.value("load", key)


@contextmanager
def faulty_warehouse(template: str = "warehouse", archive: Path | None = None) -> Iterator[FaultyWarehouse]:
    """A copy of a database of the fault server, and an empty archive."""
    number = next(_numbers)
    home = Path(os.environ["SHANHAI_HOME"])
    with own_database(f"faulty_{number}", template) as environment, pytest.MonkeyPatch.context() as patch:
        environment |= {
            "SHANHAI_HOME": str(home),
            "SHANHAI_ARCHIVE": str(archive or home / f"archive_{number}"),
            "SHANHAI_CODE_COMMIT": "of a test",
        }
        for name, value in environment.items():
            patch.setenv(name, value)
        yield FaultyWarehouse(environment)


@pytest.fixture
def warehouse_of_faults(fault_server: Path) -> Iterator[FaultyWarehouse]:
    """A fresh warehouse for one test."""
    with faulty_warehouse() as made:
        yield made


@pytest.fixture(scope="package")
def small_dbt_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's own dbt models, cut down to a few that build in seconds."""
    target = tmp_path_factory.mktemp("dbt") / "dbt_project"
    small_project.write(target)
    return target


@pytest.fixture(scope="package")
def built_warehouse(fault_server: Path, small_dbt_project: Path) -> Iterator[FaultyWarehouse]:
    """A warehouse with the loads that the small project reads, two releases of it, the first of them promoted."""
    with faulty_warehouse() as made:
        made.dbt_project = small_dbt_project
        for key in small_project.EDITIONS:
            made.load(key)
        first = made.value("build")
        made.value("promote", first)
        made.value("build")
        yield made


def assert_sound(accepted_before: set[int] | None = None) -> None:
    """What must hold after every fault: of the ledger, of staging, of what readers see, of what was accepted before."""
    ledger.verify()
    with connect("auditor") as connection:
        connection.execute("set transaction isolation level read committed")
        for (relation,) in connection.execute("select relation from ops.loads group by 1").fetchall():
            lost = connection.execute(
                sql.SQL(
                    """
                    select count(*) from (select load_id, count(*) as rows from {} group by 1) as staged
                    full join (select load_id, rows_staged from ops.loads where relation = {}) as loads using (load_id)
                    where staged.rows is distinct from loads.rows_staged
                    """
                ).format(sql.Identifier("staging", relation), sql.Literal(relation))
            ).fetchone()
            assert lost == (0,), f"staging.{relation} holds other rows than the ledger says"
        accepted = {row[0] for row in connection.execute("select load_id from ops.accepted_loads")}
        promoted = connection.execute(
            "select schema_name, load_ids from ops.promotions inner join ops.releases using (release_id) "
            "order by promotion_id desc limit 1"
        ).fetchone()
    assert (accepted_before or set()) <= accepted, "an accepted load was lost"
    seen = {schema for schemas in seen_by_readers().values() for schema in schemas}
    assert seen == ({promoted[0]} if promoted else set()), "readers see something that the ledger does not say"
    assert set(promoted[1] if promoted else ()) <= accepted, "readers see a load that no verdict accepts"
    assert load_ids_read() <= set(promoted[1] if promoted else ()), "readers see a row of a load that is not released"


def seen_by_readers() -> dict[str, set[str]]:
    """The schemas that a reader's plan of each view of `marts` really reads."""
    with connect("reader") as connection:
        views = connection.execute("select viewname from pg_views where schemaname = 'marts'").fetchall()
        found = {}
        for (view,) in views:
            statement = sql.SQL("explain (analyze, verbose, format json) select count(*) from {}")
            plan = connection.execute(statement.format(sql.Identifier("marts", view))).fetchone()
            assert plan is not None
            found[view] = schemas_read(plan[0])
    return found


def load_ids_read() -> set[int]:
    """Every load whose rows a reader can read, told by the marts' own column."""
    with connect("reader") as connection:
        relations = connection.execute(
            "select table_name from information_schema.columns where table_schema = 'marts' and column_name = 'load_id'"
        ).fetchall()
        return {
            row[0]
            for (relation,) in relations
            for row in connection.execute(
                sql.SQL("select distinct load_id from {} where load_id is not null").format(
                    sql.Identifier("marts", relation)
                )
            )
        }


def loaded_content(publisher_id: str = "") -> dict[tuple[str, str], str]:
    """A hash of the rows of each accepted edition, of one publisher or of all, without the numbers Postgres gives."""
    found = {}
    with connect("auditor") as connection:
        loads = connection.execute(
            "select load_id, table_id, edition, loads.relation from ops.accepted_loads "
            "inner join ops.loads using (load_id, table_id, edition) where starts_with(table_id, %s)",
            (publisher_id,),
        ).fetchall()
        for load_id, table_id, edition, relation in loads:
            row = connection.execute(
                sql.SQL(
                    "select md5(string_agg((to_jsonb(staged) - 'load_id')::text, chr(10) order by row_number)) "
                    "from {} as staged where load_id = %s"
                ).format(sql.Identifier("staging", relation)),
                (load_id,),
            ).fetchone()
            assert (table_id, edition) not in found, f"{table_id} {edition} was loaded twice"
            found[table_id, edition] = row[0] if row else ""
    return found
