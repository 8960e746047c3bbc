"""Fixtures shared by every room: a real Postgres server in a throwaway home folder, filled by the DAGs themselves."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from shanhai import settings
from shanhai.platform import airflow_configuration, postgres, services
from shanhai.warehouse import migrate
from shanhai.warehouse.roles import LOGIN_ROLES
from tests.small_library import SmallLibrary

RELEASED = re.compile(r"\b(released|copied)_warehouse\b")
# What takes minutes comes first, so that no process is left alone with it at the end.
LONG = ("tests/dags/", "tests/test_main_job.py")


class OneReleasedWarehouse(LoadScopeScheduling):
    """Two processes share the files of tests; one takes what reads the released warehouse, which takes minutes."""

    def _split_scope(self, nodeid: str) -> str:
        file = Path(__file__).parents[1] / nodeid.partition("::")[0]
        # A room's own fixtures may lead to it; those of this file are named here.
        files = [file] if file.parent == Path(__file__).parent else [file, file.with_name("conftest.py")]
        is_of_it = any(RELEASED.search(each.read_text("utf-8")) for each in files if each.is_file())
        # Those that run Airflow take as long as all others of it together, and make another one meanwhile.
        return str(file.parent if file.parent.name == "dags" else "released_warehouse" if is_of_it else file)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> OneReleasedWarehouse:
    """How tests are shared when there are several processes (`-n 2`): in the order in which they were collected."""
    config.option.loadscopereorder = False
    return OneReleasedWarehouse(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the long ones first."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))


@pytest.fixture
def tell(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Says something to the person who runs the tests; it stands at the end of the report, whichever process ran it."""
    return lambda text: record_property("told", text)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests told."""
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, []):
            for name, text in report.user_properties:
                if name == "told" and report.when == "call":
                    terminalreporter.write_line(text)


@pytest.fixture(autouse=True)
def outside_of_any_task(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test begins as the task of a DAG that another test ran in this process: who acts is the account."""
    for name in [name for name in os.environ if name.startswith("AIRFLOW_CTX_")]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def embedded_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The home folder of a running embedded server with both databases; SHANHAI_HOME names it for the session."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SHANHAI_HOME", str(home))
        for name in ("SHANHAI_DATABASE_URL", "AIRFLOW_CONN_SHANHAI_WAREHOUSE", "SHANHAI_AIRFLOW_DATABASE_URL"):
            patch.delenv(name, raising=False)
        postgres.start()
        yield home
        postgres.remove()


@pytest.fixture(scope="session")
def warehouse(embedded_server: Path) -> Path:
    """The home folder of a server whose warehouse is migrated."""
    migrate.upgrade()
    return embedded_server


@contextmanager
def own_database(name: str, template: str = "template1") -> Iterator[dict[str, str]]:
    """Another database on the session's server, empty or a copy; the environment that makes it the warehouse."""
    administrator = settings.embedded_address("postgres", "postgres").set(drivername="postgresql")
    passwords = {f"SHANHAI_{role.upper()}_PASSWORD": settings.ensure_role_password(role) for role in LOGIN_ROLES}
    address = administrator.set(database=name).render_as_string(hide_password=False)
    with psycopg.connect(administrator.render_as_string(hide_password=False), autocommit=True) as connection:
        connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))
        connection.execute(
            sql.SQL("create database {} template {}").format(sql.Identifier(name), sql.Identifier(template))
        )
    with pytest.MonkeyPatch.context() as patch:
        environment = {"SHANHAI_DATABASE_URL": address, **passwords}
        for variable, value in environment.items():
            patch.setenv(variable, value)
        migrate.upgrade()
        yield environment


@pytest.fixture(scope="module")
def scratch_warehouse(warehouse: Path) -> Iterator[None]:
    """An empty warehouse for the tests of one module, which may load what they like."""
    with own_database("scratch"):
        yield


@pytest.fixture
def copied_warehouse(released_warehouse: ReleasedWarehouse) -> Iterator[dict[str, str]]:
    """A copy of the released warehouse for one test, with the environment that leads to it."""
    with own_database("copied", settings.WAREHOUSE_DATABASE) as environment:
        yield environment


@pytest.fixture
def small_library(tmp_path: Path) -> SmallLibrary:
    """An empty library under `tmp_path`, with the project's registers of indicators, units and divisions."""
    return SmallLibrary(tmp_path)


@dataclass(frozen=True)
class ReleasedWarehouse:
    """What became of running every DAG once on the bundled publications."""

    bag: Any
    runs: dict[str, str]
    states: set[str]
    is_due: bool


@pytest.fixture(scope="session")
def released_warehouse(warehouse: Path) -> Iterator[ReleasedWarehouse]:
    """A warehouse with every bundled publication, released by running every DAG once.

    The verbs load all editions but the last of each publisher; the DAGs, which take seconds for each, load the rest.
    """
    from shanhai.load import load_edition
    from shanhai.pending import edition_states, pending_editions
    from shanhai.release import promotion

    last = {each.publisher_id: each for each in pending_editions()}
    for each in pending_editions():
        if each != last[each.publisher_id]:
            load_edition(each.key)
    with pytest.MonkeyPatch.context() as patch:
        services.configure()
        for name, value in airflow_configuration.environment().items():
            patch.setitem(os.environ, name, value)
        services.migrate_metadata()
        from airflow import settings as airflow_settings
        from airflow.dag_processing.dagbag import DagBag

        bag = DagBag(str(settings.DAGS))
        assert not bag.import_errors
        # Two ask people; the running Airflow of tests/dags runs them with their answers.
        ordered = sorted(
            bag.dags.keys() - {"quarterly_audit", "decide_quarantine"},
            key=lambda dag_id: (dag_id == "build_marts", dag_id),
        )
        runs = {dag_id: str(bag.dags[dag_id].test().state) for dag_id in ordered}
        yield ReleasedWarehouse(bag, runs, {each.state for each in edition_states()}, promotion.is_due())
        airflow_settings.dispose_orm()
