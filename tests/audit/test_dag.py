"""The DAG performs the programme up to the people; the verb that records their answer refuses the wrong ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.conftest import ReleasedWarehouse

from shanhai.audit import programme
from shanhai.audit.results import AuditError
from shanhai.warehouse.connection import connect

if TYPE_CHECKING:
    # Airflow reads its settings when it is imported, which is for the fixture to do.
    from airflow.models import DagRun

HUMAN = r"review|approval|record_review|record_approval|pack"


@pytest.fixture(scope="module")
def dag_run(released_warehouse: ReleasedWarehouse) -> DagRun:
    audit = released_warehouse.bag.dags["quarterly_audit"]
    with pytest.MonkeyPatch.context() as patch:
        # A run without a scheduler keeps no alarms: Airflow cannot store them before it has serialised the DAG.
        patch.setattr(audit, "deadline", None)
        return audit.test(run_conf={"quarter": "2022Q4"}, mark_success_pattern=f"^({HUMAN})$")


def test_the_programme_runs_up_to_the_people(dag_run: DagRun) -> None:
    assert str(dag_run.state) == "success"
    with connect("auditor") as connection:
        row = connection.execute(
            "select run_id, quarter, as_of::text from audit.run where dag_run_id = %s", (dag_run.run_id,)
        ).fetchone()
        assert row is not None
        assert row[1:] == ("2022Q4", "2023-02-04")
        drawn = connection.execute("select count(*) from audit.sample_cell where run_id = %s", (row[0],)).fetchone()
        assert drawn == (25,)
        assert programme.run_once("2022Q4", dag_run.run_id) == row[0]  # tried again, it is the same run
        assert programme.sample_once(row[0]) == 0


def answer(name: str, option: str = "yes") -> dict[str, object]:
    return {"chosen_options": [option], "params_input": {"note": "read"}, "responded_by_user": {"name": name}}


def test_an_answer_of_the_wrong_person_is_refused(dag_run: DagRun) -> None:
    with connect("auditor") as connection:
        row = connection.execute("select started_by from audit.run where dag_run_id = %s", (dag_run.run_id,)).fetchone()
    assert row is not None
    with pytest.raises(AuditError, match="cannot sign"):
        programme.record_answer("2022Q4", "review", answer(row[0]), approve="yes")
    programme.record_answer("2022Q4", "review", answer("reviewer"), approve="yes")
    with pytest.raises(AuditError, match="reviewed this run"):
        programme.record_answer("2022Q4", "approval", answer("reviewer"), approve="yes")
    with pytest.raises(AuditError, match="was returned by head"):
        programme.record_answer("2022Q4", "approval", answer("head", "no"), approve="yes")
    programme.record_answer("2022Q4", "approval", answer("head"), approve="yes")
    with connect("auditor") as connection:
        rows = connection.execute(
            "select step, signed_by, is_approved from audit.sign_off where quarter = '2022Q4' order by sign_off_id"
        ).fetchall()
    assert rows == [("review", "reviewer", True), ("approval", "head", False), ("approval", "head", True)]


def test_missed_quarters_are_caught_up(released_warehouse: ReleasedWarehouse) -> None:
    dag = released_warehouse.bag.dags["quarterly_audit"]
    assert dag.catchup
    assert dag.max_active_runs == 1
    assert len(dag.deadline) == 2
