"""One running Airflow for the whole room: its four services, documents of its own, a copy of the released warehouse.

What its tasks load and build is small: publications of a few rows, and a dbt project of a few models. What they audit
is the whole release, which the copy starts with.
"""

from __future__ import annotations

import getpass
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
import yaml

from shanhai import settings
from shanhai.load import EditionKey
from shanhai.platform import airflow_configuration, processes, services
from shanhai.platform.airflow_client import AirflowClient, DagRun
from shanhai.release import promotion
from tests.conftest import ReleasedWarehouse, own_database
from tests.faults import small_project
from tests.small_library import HEAD, YEARBOOK, SmallLibrary

PATIENCE_SECONDS = 180
# Publishers whose DAGs are there from the start; a table more of one of them needs no DAG to be read again.
BUREAUS = ("bureau_of_faults", "bureau_of_doubles", "bureau_of_quarantine")
# One load is refused by it: that of a figure ten times too large.
RULE = """
  - id: S05_small
    expect: UnexpectedRowsExpectation
    given:
      unexpected_rows_query: >-
        select row_number, printed, locator from {batch} where indicator_code = 'gdp' and obs_value > 9000000
        and locator not like '%!%'
    why: {en: A county makes less than that, zh: 县级生产总值不应如此之大}
"""
# What is looked for every half minute or every ten seconds is looked for more often.
QUICK = {
    "AIRFLOW__SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL": "2",
    "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": "5",
}


def wait_until(is_reached: Callable[[], object]) -> None:
    """Return when it is reached; fail when that takes minutes."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_reached():
        assert time.monotonic() < deadline, "nothing happens any more"
        time.sleep(0.3)


def metadata(statement: str, *values: object) -> list[tuple[object, ...]]:
    """Rows of Airflow's own database."""
    address = settings.airflow_metadata_url().set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address) as connection:
        cursor = connection.execute(statement, values)  # type: ignore[arg-type]
        return cursor.fetchall() if cursor.description else []


@dataclass
class RunningAirflow:
    """The services: where they and their server keep things, the documents of their tasks, the whole release."""

    home: Path
    server_home: Path
    library: SmallLibrary
    dags: Path
    whole_release: int

    def add(self, table_id: str, gdp: int = 951435) -> EditionKey:
        """A table of one county's figures, which a load of its publisher will find."""
        name = table_id.replace("/", "_")
        content = (HEAD + f"云和县,{gdp},112635\r\n").encode("gb18030")
        return self.library.add(table_id, f"{name}.csv", content, YEARBOOK)

    def wait_for_end(self, airflow: AirflowClient, run: DagRun) -> DagRun:
        """The run as it ended."""
        wait_until(lambda: airflow.dag_run(run.dag_id, run.run_id).is_finished)
        return airflow.dag_run(run.dag_id, run.run_id)

    def is_asking(self, airflow: AirflowClient, run: DagRun, task_id: str, said: str = "") -> bool:
        """Whether a task waits for a person, and says this in its question or its log."""
        waits = [
            each for each in airflow.task_instances(run) if (each.task_id, each.state) == (task_id, "awaiting_input")
        ]
        return bool(waits) and (said in str(airflow.question(run, task_id)["body"]) or said in airflow.log(waits[0]))

    def answer(
        self, person: AirflowClient, run: DagRun, task_id: str, option: str, fields: dict[str, str],
        until: Callable[[], bool],
    ) -> None:  # fmt: skip
        """Answer once, and once more each time Airflow asks anew because it was not ready, until what was wanted."""
        answered: set[int] = set()

        def is_reached() -> bool:
            if until():
                return True
            (task,) = [task for task in person.task_instances(run) if task.task_id == task_id]
            if task.state == "awaiting_input" and task.try_number not in answered:
                time.sleep(2)  # nobody reads faster, and the scheduler has to see first that the task waits
                person.answer(run, task_id, option, fields)
                answered.add(task.try_number)
            return False

        wait_until(is_reached)

    def answer_to_the_end(
        self, person: AirflowClient, run: DagRun, task_id: str, option: str, fields: dict[str, str]
    ) -> None:
        """Give the last answer that a run waits for; it must end well."""
        self.answer(person, run, task_id, option, fields, lambda: person.dag_run(run.dag_id, run.run_id).is_finished)
        assert person.dag_run(run.dag_id, run.run_id).state == "success"

    def wait_for_release(self, airflow: AirflowClient) -> None:
        """Return when readers see every accepted load and no build is under way."""
        wait_until(lambda: not promotion.is_due() and not airflow.unfinished_runs("build_marts"))


def write_project(root: Path) -> SmallLibrary:
    """A project of the real documents and DAGs, with bureaus that a test adds tables to, and few models."""
    library = SmallLibrary(root / "include")
    for room in (settings.SOURCES, settings.PUBLISHED):
        for folder in room.iterdir():
            target = root / "include" / room.name / folder.name
            if not target.exists():
                target.symlink_to(folder)
    (root / "include" / "audit").symlink_to(settings.AUDIT)
    shutil.copytree(settings.EXPECTATIONS, root / "expectations")
    with (root / "expectations" / "observations.yml").open("a", encoding="utf-8") as suite:
        suite.write(RULE)
    shutil.copytree(settings.DAGS, root / "dags", ignore=shutil.ignore_patterns("__pycache__"))
    small_project.write(root / "dbt_project")
    # The registers that reading needs, which these models do without.
    (root / "dbt_project" / "seeds").mkdir()
    for seed in (settings.DBT_PROJECT / "seeds").glob("*.csv"):
        shutil.copy(seed, root / "dbt_project" / "seeds")
    document = yaml.safe_load((root / "dbt_project" / "dbt_project.yml").read_text("utf-8"))
    document["seed-paths"] = ["none"]
    (root / "dbt_project" / "dbt_project.yml").write_text(yaml.safe_dump(document, allow_unicode=True), "utf-8")
    return library


def copy_metadata() -> str:
    """A copy of Airflow's database, so that no scheduler works on what other tests run by hand; its address."""
    from airflow import settings as airflow_settings

    administrator = settings.embedded_address("postgres", "postgres").set(drivername="postgresql")
    # This process, which ran DAGs by hand, opens its connections anew when it needs them; so does what it left running.
    airflow_settings.Session.remove()
    airflow_settings.engine.dispose()
    with psycopg.connect(administrator.render_as_string(hide_password=False), autocommit=True) as connection:
        connection.execute("drop database if exists airflow_running with (force)")
        connection.execute("select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = 'airflow'")
        connection.execute("create database airflow_running template airflow")
        connection.execute("alter database airflow_running set synchronous_commit = off")
    return administrator.set(database="airflow_running").render_as_string(hide_password=False)


@pytest.fixture(scope="package")
def running(
    released_warehouse: ReleasedWarehouse, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningAirflow]:
    """The whole stack; whoever loaded the bundled publications may log in to it too."""
    server_home, archive, key = settings.home(), settings.archive_address(), settings.signing_key_file()
    root, home = tmp_path_factory.mktemp("running"), tmp_path_factory.mktemp("airflow")
    library = write_project(root)
    services.migrate_metadata()
    metadata = copy_metadata()
    with own_database("running", settings.WAREHOUSE_DATABASE), pytest.MonkeyPatch.context() as patch:
        environment = QUICK | {
            "SHANHAI_HOME": str(home),
            "SHANHAI_PROJECT_ROOT": str(root),
            "SHANHAI_ARCHIVE": archive,
            "SHANHAI_SIGNING_KEY": str(key),
            "SHANHAI_CODE_COMMIT": "of a test",
            "SHANHAI_AIRFLOW_DATABASE_URL": metadata,
            "AIRFLOW__CORE__DAGS_FOLDER": str(root / "dags"),
        }
        for name, value in environment.items():
            patch.setenv(name, value)
        for variable, folder in (("DBT_PROJECT", "dbt_project"), ("EXPECTATIONS", "expectations")):
            patch.setattr(settings, variable, root / folder)
        patch.setitem(airflow_configuration.USERS, getpass.getuser(), "user")
        shown = promotion.current()
        assert shown is not None
        made = RunningAirflow(home, server_home, library, root / "dags", shown.release_id)
        for bureau in BUREAUS:
            made.add(f"{bureau}/first")
        try:
            services.start()
            yield made
        finally:
            processes.stop({"second-scheduler": 5})
            services.stop()


@pytest.fixture
def airflow(running: RunningAirflow) -> Iterator[AirflowClient]:
    """The administrator, once every DAG of the bureaus has been read."""
    with AirflowClient() as client:
        wanted = {*(f"load_{bureau}" for bureau in BUREAUS), "build_marts", "decide_quarantine", "quarterly_audit"}
        wait_until(lambda: wanted <= client.parsed_dags().keys())
        yield client
