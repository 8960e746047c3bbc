"""The quarterly audit in a running Airflow: people answer its questions, alarms sound, a missed quarter is made up."""

from __future__ import annotations

import getpass
from pathlib import Path

import pytest

from shanhai.audit import programme
from shanhai.platform import processes, services
from shanhai.platform.airflow_client import AirflowClient, DagRun
from shanhai.release import promotion
from shanhai.warehouse.connection import connect
from tests.dags.conftest import RunningAirflow, metadata, wait_until

pytestmark = pytest.mark.slow
DAG = "quarterly_audit"
APPROVE = "Approve · 同意"
NOTE = {"note": "read it all · 已阅"}


@pytest.fixture(scope="module")
def audited(running: RunningAirflow) -> DagRun:
    """A run that an administrator started for a past quarter, up to its first question."""
    promotion.promote(running.whole_release)
    with AirflowClient() as airflow:
        wait_until(lambda: DAG in airflow.parsed_dags())
        run = airflow.trigger(DAG, conf={"quarter": "2022Q4"})
        wait_until(lambda: running.is_asking(airflow, run, "review") or airflow.dag_run(DAG, run.run_id).is_finished)
        assert running.is_asking(airflow, run, "review"), airflow.task_instances(run)
    return run


def test_the_programme_runs_up_to_the_people(running: RunningAirflow, airflow: AirflowClient, audited: DagRun) -> None:
    with connect("auditor") as connection:
        row = connection.execute(
            "select run_id, quarter, as_of::text, started_by from audit.run where dag_run_id = %s", (audited.run_id,)
        ).fetchone()
        assert row is not None
        assert row[1:] == ("2022Q4", "2023-02-04", "admin")
        drawn = connection.execute("select count(*) from audit.sample_cell where run_id = %s", (row[0],)).fetchone()
        assert drawn == (25,)
    for said in ("checks · 检查", "25 of 25 sampled cells hold", "2022Q4.zip"):
        assert running.is_asking(airflow, audited, "review", said), said
    assert programme.run_once("2022Q4", audited.run_id) == row[0]  # tried again, it is the same run
    assert programme.sample_once(row[0]) == 0


def test_an_alarm_sounds_when_a_step_is_late(airflow: AirflowClient, audited: DagRun) -> None:
    kept = "select missed from deadline inner join dag_run on dagrun_id = dag_run.id where run_id = %s"
    assert metadata(kept, audited.run_id) == [(False,), (False,)]
    # Nine days pass: the deadlines of this run lie in the past.
    metadata("update deadline set deadline_time = deadline_time - interval '10 days' where id in "
             "(select deadline.id from deadline inner join dag_run on dagrun_id = dag_run.id where run_id = %s)",
             audited.run_id)  # fmt: skip
    told = (
        "select callback.output from deadline inner join dag_run on dagrun_id = dag_run.id "
        "inner join callback on callback_id = callback.id where run_id = %s and missed and callback.state = 'success'"
    )
    wait_until(lambda: len(metadata(told, audited.run_id)) == 2)
    sentences = " ".join(str(row[0]) for row in metadata(told, audited.run_id))
    for part in (audited.run_id, "answers to queries, T+42", "sign-off, T+45", "已逾期"):
        assert part in sentences
    assert airflow.dag_run(DAG, audited.run_id).state == "running"


def test_only_who_neither_loaded_nor_ran_nor_reviewed_may_sign(
    running: RunningAirflow, airflow: AirflowClient, audited: DagRun
) -> None:
    refusal = "loaded the data or ran the checks and cannot sign"
    for person in (getpass.getuser(), "admin"):  # the one has loaded the publications, the other has started this run
        with AirflowClient(person) as client:
            refused = f"{person} {refusal}"
            running.answer(
                client, audited, "review", APPROVE, NOTE,
                lambda refused=refused: running.is_asking(airflow, audited, "review", refused),
            )  # fmt: skip
    with AirflowClient("engineer") as engineer:
        running.answer(
            engineer, audited, "review", APPROVE, NOTE, lambda: running.is_asking(airflow, audited, "approval")
        )
        reviewed = "engineer reviewed this run and cannot approve it too"
        running.answer(
            engineer, audited, "approval", APPROVE, NOTE,
            lambda: running.is_asking(airflow, audited, "approval", reviewed),
        )  # fmt: skip
    with AirflowClient("auditor") as auditor:
        running.answer_to_the_end(auditor, audited, "approval", APPROVE, NOTE)
    with connect("auditor") as connection:
        signed = connection.execute(
            "select step, signed_by, is_approved, sign_off.note, started_by from audit.sign_off "
            "inner join audit.run using (run_id) where dag_run_id = %s order by sign_off_id",
            (audited.run_id,),
        ).fetchall()
    assert signed == [
        ("review", "engineer", True, NOTE["note"], "admin"),
        ("approval", "auditor", True, NOTE["note"], "admin"),
    ]
    with pytest.raises(programme.ReturnedError, match="was returned by head: not so"):
        programme.record_answer(
            "2022Q4", "approval", approve=APPROVE,
            answer={"chosen_options": ["Return · 退回"], "params_input": {"note": "not so"},
                    "responded_by_user": {"name": "head"}},
        )  # fmt: skip
    assert [path.suffix for path in Path(running.home / "audit").iterdir()].count(".zip") >= 1


def test_quarters_that_an_outage_swallowed_are_made_up(running: RunningAirflow, airflow: AirflowClient) -> None:
    """While the scheduler is off, three days of the DAG pass: it is read as one that exists since May."""
    scheduled = "select run_id from dag_run where dag_id = %s and run_type = 'scheduled' order by run_after"
    assert metadata(scheduled, DAG) == []
    processes.stop({"scheduler": 10})
    file = running.dags / f"{DAG}.py"
    text = file.read_text("utf-8")
    assert "start_date=datetime(2026, 11, 6)" in text
    file.write_text(text.replace("start_date=datetime(2026, 11, 6)", "start_date=datetime(2026, 5, 1)"), "utf-8")
    due = "select next_dagrun_create_after at time zone 'Asia/Shanghai' = '2026-05-05 06:00' from dag where dag_id = %s"
    wait_until(lambda: metadata(due, DAG) == [(True,)])
    services.start()
    named = "select value from xcom where dag_id = %s and run_id = %s and task_id = 'quarter' and key = 'return_value'"
    for number, quarter in enumerate(("2026Q1", "2026Q2", "2026Q3"), 1):
        # One after the other, and none but once; what each finds is for people to judge.
        wait_until(lambda number=number: len(metadata(scheduled, DAG)) == number)
        run = airflow.dag_run(DAG, str(metadata(scheduled, DAG)[-1][0]))
        wait_until(lambda run=run: metadata(named, DAG, run.run_id))
        assert quarter in str(metadata(named, DAG, run.run_id)), run
        airflow.fail(run)
    file.write_text(text, "utf-8")
