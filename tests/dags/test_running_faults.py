"""A scheduler is killed with SIGKILL in the middle of every step, two work at once: nothing is lost or done twice."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator

import pytest

from shanhai.load import EditionKey, load_edition
from shanhai.platform import airflow_configuration, processes, services
from shanhai.platform.airflow_client import AirflowClient
from shanhai.release import promotion
from shanhai.release.candidate import build_candidate
from shanhai.warehouse.connection import connect
from tests.conftest import own_database
from tests.dags.conftest import RunningAirflow, metadata, wait_until
from tests.dags.gates import Gate, gate, leader_of
from tests.faults.conftest import assert_sound, load_ids_read, loaded_content

pytestmark = pytest.mark.slow
SECOND = "second-scheduler"
FAULTS, DOUBLES = "bureau_of_faults", "bureau_of_doubles"


def numbers(statement: str, *values: object) -> list[int]:
    """The first column of what the ledger says."""
    with connect("auditor") as connection:
        return [row[0] for row in connection.execute(statement, values).fetchall()]  # type: ignore[arg-type]


def accepted() -> set[int]:
    return set(numbers("select load_id from ops.accepted_loads"))


def promotions() -> list[int]:
    return numbers("select release_id from ops.promotions order by promotion_id")


def marts() -> dict[str, object]:
    """The hash of what is in each mart that readers see."""
    shown = promotion.current()
    assert shown is not None
    found = {name: relation["content_sha256"] for name, relation in shown.relations.items() if name.startswith("mart_")}
    assert len(found) >= 3
    return found


def kill(leader: int, dag_id: str) -> None:
    """SIGKILL to the scheduler that runs a task of this DAG; what it started lives on, as when memory runs out.

    Half a minute passes for its last heartbeat, after which Airflow takes a scheduler for dead.
    """
    os.kill(leader, signal.SIGKILL)
    wait_until(lambda: leader not in {record.process_id for record in schedulers().values()})
    metadata(
        "update job set latest_heartbeat = latest_heartbeat - interval '31 seconds' where id in "
        "(select queued_by_job_id from task_instance where dag_id = %s and state = 'running')",
        dag_id,
    )


def schedulers() -> dict[str, processes.Record]:
    return {name: record for name in ("scheduler", SECOND) if (record := processes.running(name))}


@pytest.fixture
def second_scheduler(running: RunningAirflow) -> Iterator[None]:
    """Another scheduler beside the first, on the same metadata."""
    start_second()
    yield
    processes.stop({SECOND: 10})


def start_second() -> None:
    """Have it running; what a killed one left of its session is ended first, as for every service."""
    command = [sys.executable, "-m", "airflow", "scheduler", "--skip-serve-logs"]
    if SECOND not in schedulers():
        processes.stop({SECOND: 0})
        processes.start(SECOND, command, airflow_configuration.environment(), cwd=airflow_configuration.airflow_home())


@pytest.fixture(scope="module")
def keys(running: RunningAirflow) -> dict[str, EditionKey]:
    """An edition for each step of a load."""
    return {step: running.add(f"{FAULTS}/{step}") for step in ("archived", "staged", "validated")}


def test_a_scheduler_killed_while_it_loads_loses_nothing(
    running: RunningAirflow, airflow: AirflowClient, keys: dict[str, EditionKey], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One kill, and three editions in the middle of one step each."""
    before = accepted()
    with (
        gate("publications", f"new.file_name = '{FAULTS}_archived.csv'") as archiving,
        gate("loads", f"new.table_id = '{FAULTS}/staged'") as staging,
        gate("verdicts") as validating,
    ):
        run = airflow.trigger(f"load_{FAULTS}")
        wait_until(lambda: archiving.waiting() and staging.waiting() and validating.waiting())
        kill(scheduler_of(archiving), f"load_{FAULTS}")
        assert_sound(before)
        assert accepted() == before
        services.start(wait=False)
    services.wait_until_healthy()
    assert running.wait_for_end(airflow, run).state == "success"
    assert len(accepted() - before) == len(keys) + 1  # and the table that every bureau has
    running.wait_for_release(airflow)
    assert accepted() <= set(shown_loads())
    assert_sound(before)
    found = loaded_content(FAULTS)
    monkeypatch.setenv("SHANHAI_HOME", str(running.server_home))
    with own_database("undisturbed"):
        for key in keys.values():
            load_edition(key, running.library.library)
        assert loaded_content(FAULTS) == {key: found[key] for key in loaded_content(FAULTS)}
        assert len(loaded_content(FAULTS)) == len(keys)


def shown_loads() -> list[int]:
    shown = promotion.current()
    assert shown is not None
    return shown.load_ids


def scheduler_of(closed: Gate) -> int:
    """The scheduler whose worker waits at a gate."""
    (port, *_) = closed.waiting()
    return leader_of(port)


def test_two_schedulers_do_everything_once_though_one_is_killed(
    running: RunningAirflow, airflow: AirflowClient, second_scheduler: None
) -> None:
    """Whichever builds is killed in the middle of it, and whichever promotes; the other goes on, the killed is back."""
    before, promoted = accepted(), promotions()
    for number in range(6):
        running.add(f"{DOUBLES}/table_{number}")
    with gate("releases") as building, gate("promotions") as promoting:
        run = airflow.trigger(f"load_{DOUBLES}")
        assert running.wait_for_end(airflow, run).state == "success"
        assert len(loaded_content(DOUBLES)) == 7
        for closed in (building, promoting):
            wait_until(closed.waiting)
            kill(scheduler_of(closed), "build_marts")
            assert promotions() == promoted
            assert_sound(before)
            assert load_ids_read() <= before
            services.start(wait=False)
            start_second()
            closed.open()
    running.wait_for_release(airflow)
    assert len(promotions()) == len(promoted) + 1
    assert before < accepted() <= set(shown_loads())
    assert len(accepted() - before) == 7
    assert_sound(before)
    found = marts()
    promotion.promote(build_candidate())
    assert marts() == found, "the same loads gave other marts"
