"""A load that its gate refuses, in a running Airflow: a person is asked, again if need be; readers see the outcome."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from shanhai.platform.airflow_client import AirflowClient, DagRun
from shanhai.quarantine.waiting import decisions_on, waiting_loads
from shanhai.warehouse.connection import connect
from tests.dags.conftest import RunningAirflow, wait_until
from tests.faults.conftest import assert_sound, load_ids_read

pytestmark = pytest.mark.slow
BUREAU = "bureau_of_quarantine"
ACCEPT, REJECT = "Accept with waiver · 豁免接受", "Reject · 拒绝"
FIELDS = {"owner": "Li", "reason": "printed so", "due_on": (date.today() + timedelta(days=9)).isoformat()}


def asked_about(running: RunningAirflow, airflow: AirflowClient, load_id: int, again: str = "") -> DagRun:
    """The run that asks about a load, once it waits for a person."""
    run = airflow.dag_run("decide_quarantine", f"load-{load_id}-decision-1{again}")
    wait_until(lambda: running.is_asking(airflow, run, "decision"))
    return run


def state_of(load_id: int) -> str:
    with connect("auditor") as connection:
        row = connection.execute("select state from ops.load_standing where load_id = %s", (load_id,)).fetchone()
    assert row is not None
    return str(row[0])


@pytest.fixture(scope="module")
def quarantined(running: RunningAirflow) -> tuple[int, int]:
    """Two loads that an engineer started and the gate refused; the DAG has asked about each."""
    for table in ("accepted", "rejected"):
        running.add(f"{BUREAU}/{table}", gdp=9_514_350)
    with AirflowClient("engineer") as engineer:
        wait_until(lambda: f"load_{BUREAU}" in engineer.parsed_dags())
        run = running.wait_for_end(engineer, engineer.trigger(f"load_{BUREAU}"))
        assert run.state == "failed"
        tasks = {(task.task_id, task.state) for task in engineer.task_instances(run)}
        assert ("ask_for_decision", "success") in tasks
    waiting = {each.table_id: each.load_id for each in waiting_loads(BUREAU)}
    assert set(waiting) == {f"{BUREAU}/accepted", f"{BUREAU}/rejected"}
    return waiting[f"{BUREAU}/accepted"], waiting[f"{BUREAU}/rejected"]


def test_who_cannot_decide_is_told_why_and_the_question_stays(
    running: RunningAirflow, airflow: AirflowClient, quarantined: tuple[int, int]
) -> None:
    load_id, _ = quarantined
    assert load_id not in load_ids_read()
    run = asked_about(running, airflow, load_id)
    for part in ("S05_small", "9514350", "县级生产总值不应如此之大"):
        assert running.is_asking(airflow, run, "decision", part), part
    with AirflowClient("engineer") as engineer:
        refusal = "engineer, who cannot approve it"
        running.answer(
            engineer, run, "decision", ACCEPT, FIELDS, lambda: running.is_asking(airflow, run, "decision", refusal)
        )
    assert running.is_asking(airflow, run, "decision", "S05_small")
    unowned, refusal = FIELDS | {"owner": " "}, "needs an owner and a reason"
    running.answer(
        airflow, run, "decision", ACCEPT, unowned, lambda: running.is_asking(airflow, run, "decision", refusal)
    )
    assert decisions_on(load_id) == []
    assert state_of(load_id) == "quarantined"


def test_an_accepted_load_is_in_the_ledger_and_before_readers(
    running: RunningAirflow, airflow: AirflowClient, quarantined: tuple[int, int]
) -> None:
    load_id, _ = quarantined
    run = asked_about(running, airflow, load_id)
    running.answer_to_the_end(airflow, run, "decision", ACCEPT, FIELDS)
    (decision,) = decisions_on(load_id)
    assert (decision.action, decision.owner, decision.decided_by) == ("accept", "Li", "admin")
    assert decision.decided_through == "airflow"
    assert state_of(load_id) == "accepted"
    running.wait_for_release(airflow)
    assert load_id in load_ids_read()
    assert_sound()


def test_a_rejected_load_never_comes_before_readers(
    running: RunningAirflow, airflow: AirflowClient, quarantined: tuple[int, int]
) -> None:
    _, load_id = quarantined
    airflow.fail(asked_about(running, airflow, load_id))
    # A question that somebody ended without an answer is asked by the next run of the loads.
    running.wait_for_end(airflow, airflow.trigger(f"load_{BUREAU}"))
    run = asked_about(running, airflow, load_id, again="-again-1")
    with AirflowClient("engineer") as engineer:
        # Whoever loaded it may well throw it away.
        running.answer_to_the_end(engineer, run, "decision", REJECT, FIELDS)
    assert [(each.action, each.decided_by) for each in decisions_on(load_id)] == [("reject", "engineer")]
    assert state_of(load_id) != "accepted"
    running.wait_for_release(airflow)
    assert load_id not in load_ids_read()
    assert [each.load_id for each in waiting_loads(BUREAU)] == []
