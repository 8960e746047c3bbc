"""A person decides in Airflow: the task waits without holding up anything, and the answer is in the ledger."""

import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from tests.small_library import HEAD, YEARBOOK, SmallLibrary

from shanhai.load import archive_edition, stage_edition
from shanhai.platform.airflow_client import AirflowClient
from shanhai.quarantine import answers
from shanhai.quarantine.waiting import decisions_on
from shanhai.validate import LoadRejectedError, validate_load

pytestmark = pytest.mark.slow
PATIENCE_SECONDS = 120


def wait_until(is_reached: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_reached():
        assert time.monotonic() < deadline
        time.sleep(0.5)


def test_a_person_is_asked_and_the_answer_is_recorded(
    airflow_services: Path, small_library: SmallLibrary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = (HEAD + "云和县,951435,112635\r\n").encode("gb18030")
    key = small_library.add("bureau_of_a_test/asked", "y.csv", content, YEARBOOK)
    library = small_library.library
    load_id = stage_edition(key, archive_edition(key, library), library)
    with monkeypatch.context() as patch:
        patch.setattr("shanhai.settings.EXPECTATIONS", tmp_path)
        with pytest.raises(LoadRejectedError, match="no expectations"):
            validate_load(load_id, library)
    (question,) = answers.questions("bureau_of_a_test")
    with AirflowClient() as airflow:
        wait_until(lambda: "decide_quarantine" in airflow.parsed_dags())
        run = airflow.trigger("decide_quarantine", run_id=question["trigger_run_id"], conf=question["conf"])
        due = (date.today() + timedelta(days=9)).isoformat()
        fields = {"owner": "Li", "reason": "made for a test", "due_on": due}

        def is_over() -> bool:
            if "awaiting_input" in {task.state for task in airflow.task_instances(run)}:
                time.sleep(5)  # nobody answers faster, and Airflow's scheduler has to see that the task waits
                airflow.answer(run, "decision", "Reject · 拒绝", fields)
            return airflow.dag_run(run.dag_id, run.run_id).is_finished

        wait_until(is_over)
        assert airflow.dag_run(run.dag_id, run.run_id).state == "success"
    (decision,) = decisions_on(load_id)
    assert (decision.action, decision.owner, decision.decided_by) == ("reject", "Li", "admin")
    assert decision.decided_through == "airflow"
    assert answers.questions("bureau_of_a_test") == []
