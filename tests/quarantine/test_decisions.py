"""People decide about loads in quarantine; the ledger keeps it, the gate judges again, loader and approver differ."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from tests.quarantine.conftest import Quarantine

from shanhai import ledger
from shanhai.quarantine import answers
from shanhai.quarantine.decisions import DecisionError, decide
from shanhai.quarantine.evidence import failures
from shanhai.quarantine.waiting import red_waivers, waiting_loads
from shanhai.validate import LoadRejectedError, validate_load
from shanhai.warehouse.connection import connect

SOON = date.today() + timedelta(days=20)


def standing(table_id: str) -> Any:
    with connect() as connection:
        return connection.execute(
            "select last_accepted_load_id, newer_load_in_quarantine, quarantined_load_ids from ops.source_standing "
            "where table_id = %s",
            (table_id,),
        ).fetchone()


def state_of(load_id: int) -> str:
    with connect() as connection:
        row = connection.execute("select state from ops.load_standing where load_id = %s", (load_id,)).fetchone()
    assert row is not None
    return str(row[0])


def test_the_source_says_that_it_stands_on_an_older_load(quarantine: Quarantine) -> None:
    made = quarantine("standing")
    assert standing(made.table_id) == (made.accepted_load_id, True, [made.load_id])
    (waiting,) = [each for each in waiting_loads() if each.load_id == made.load_id]
    assert (waiting.age_days, waiting.is_overdue, waiting.owner) == (0, False, "engineer on duty")


def test_the_evidence_is_the_printed_cell_beside_what_was_accepted(quarantine: Quarantine) -> None:
    made = quarantine("evidence")
    (failure,) = failures(made.load_id, made.library)
    assert failure.keys["subject_name"] == "云和县"
    assert (failure.locator, failure.printed) == ("R4C2", "9514350")
    assert failure.rule_zh == "县级生产总值不应如此之大"
    assert [(each.load_id, each.says) for each in failure.history] == [(made.accepted_load_id, "951435 万元 FINAL")]


def test_a_rejected_load_waits_no_more(quarantine: Quarantine) -> None:
    made = quarantine("rejected")
    decide(made.load_id, "reject", owner="Li", reason="a digit too many")
    assert state_of(made.load_id) == "rejected"
    assert standing(made.table_id) == (made.accepted_load_id, False, [])
    with pytest.raises(DecisionError, match="is rejected, not in quarantine"):
        decide(made.load_id, "reject", owner="Li", reason="once more")


def test_a_rejected_load_stays_out_when_its_expectations_change(quarantine: Quarantine, tmp_path: Path) -> None:
    made = quarantine("rejected_for_good")
    decide(made.load_id, "reject", owner="Li", reason="a digit too many")
    suite = tmp_path / "expectations" / "observations.yml"
    suite.write_text(suite.read_text("utf-8").replace("2000000", "20000000"), "utf-8")
    with pytest.raises(LoadRejectedError, match="loader rejected it"):
        validate_load(made.load_id, made.library)
    assert state_of(made.load_id) == "rejected"


def test_a_question_has_an_owner_and_a_clock(quarantine: Quarantine) -> None:
    made = quarantine("asked")
    decide(made.load_id, "ask", owner="Zhao", reason="is it 951435?", due_on=SOON)
    (waiting,) = [each for each in waiting_loads() if each.load_id == made.load_id]
    assert (waiting.owner, waiting.due_on, waiting.decision) == ("Zhao", SOON, "ask")
    (asked,) = [q for q in answers.questions("bureau") if q["conf"]["load_id"] == made.load_id]
    assert asked["trigger_run_id"] == f"load-{made.load_id}-decision-2"


def test_whoever_loaded_cannot_approve(quarantine: Quarantine) -> None:
    made = quarantine("own")
    with pytest.raises(DecisionError, match="loaded by loader, who cannot approve it"):
        decide(made.load_id, "accept", owner="Li", reason="checked", due_on=SOON)
    with connect() as connection, pytest.raises(psycopg.errors.InsufficientPrivilege, match="cannot approve"):
        connection.execute(
            "insert into ops.decisions (load_id, action, owner, reason, due_on, decided_by, decided_through) "
            "values (%s, 'accept', 'Li', 'checked', %s, 'loader', 'command line')",
            (made.load_id, SOON),
        )
    assert state_of(made.load_id) == "quarantined"


@pytest.mark.parametrize(("owner", "reason", "due_on"), [
    (" ", "checked", SOON), ("Li", "", SOON), ("Li", "checked", None), ("Li", "checked", date(2020, 1, 1)),
])  # fmt: skip
def test_an_approval_needs_owner_reason_and_end(
    quarantine: Quarantine, owner: str, reason: str, due_on: date | None
) -> None:
    with pytest.raises(DecisionError, match=r"owner and a reason|needs a day"):
        decide(1, "accept", owner=owner, reason=reason, due_on=due_on, decided_by="Chen")


def test_an_approval_waives_the_failing_keys_and_the_gate_judges_again(quarantine: Quarantine) -> None:
    made = quarantine("approved")
    decide(made.load_id, "accept", owner="Li", reason="the publisher confirms", due_on=SOON, decided_by="Chen")
    assert state_of(made.load_id) == "accepted"
    with connect() as connection:
        row = connection.execute(
            "select waivers_count, is_latest from ops.accepted_loads where load_id = %s", (made.load_id,)
        ).fetchone()
        waivers = connection.execute(
            "select expectation_id, keys -> 0 ->> 'subject_name', jsonb_array_length(keys), owner, expires_on "
            "from ops.waivers where table_id = %s", (made.table_id,),
        ).fetchall()  # fmt: skip
    assert row == (1, True)
    assert waivers == [("S05_small", "云和县", 1, "Li", SOON)]
    assert not red_waivers()
    ledger.verify()


def test_a_gate_that_did_not_run_whole_cannot_be_waived(quarantine: Quarantine) -> None:
    made = quarantine("unrun")
    with connect() as connection:
        connection.execute(
            "insert into ops.verdicts (load_id, is_accepted, reason, expectations_declared, expectations_run, results) "
            'values (%s, false, \'dropped\', 2, 1, \'[{"id": "a", "outcome": "held"}]\')',
            (made.load_id,),
        )
    with pytest.raises(DecisionError, match="no waiver covers"):
        decide(made.load_id, "accept", owner="Li", reason="checked", due_on=SOON, decided_by="Chen")


@pytest.mark.parametrize(("option", "action"), answers.OPTIONS.items())
def test_an_answer_on_the_form_becomes_the_decision(quarantine: Quarantine, option: str, action: str) -> None:
    made = quarantine(f"form_{action}")
    assert "9514350" in answers.question(made.load_id)
    fields = {"owner": "Li", "reason": "as told", "due_on": SOON.isoformat()}
    answer = {"chosen_options": [option], "params_input": fields, "responded_by_user": {"id": "1", "name": "Chen"}}
    decision_id = answers.record(made.load_id, answer)
    with connect() as connection:
        row = connection.execute(
            "select action, decided_by, decided_through from ops.decisions where decision_id = %s", (decision_id,)
        ).fetchone()
    assert row == (action, "Chen", "airflow")


@pytest.mark.parametrize("answer", [
    {"chosen_options": ["Delete"], "responded_by_user": {"name": "Chen"}},
    {"chosen_options": ["Reject · 拒绝"], "responded_by_user": None},
    {"chosen_options": ["Reject · 拒绝"], "responded_by_user": {"name": "Chen"}, "params_input": {"due_on": "soon"}},
])  # fmt: skip
def test_an_answer_that_is_none_decides_nothing(answer: dict[str, Any]) -> None:
    with pytest.raises(DecisionError):
        answers.record(1, answer)
