"""What a person is asked about a load in quarantine where there is a form, and how the answer becomes a decision."""

from collections.abc import Callable, Mapping
from datetime import date
from itertools import chain, count
from typing import Any

from shanhai.quarantine.decisions import Action, DecisionError, decide
from shanhai.quarantine.evidence import failures, objections
from shanhai.quarantine.waiting import decisions_on, waiting_loads

OPTIONS: dict[str, Action] = {
    "Reject · 拒绝": "reject",
    "Accept with waiver · 豁免接受": "accept",
    "Ask the publisher · 询问发布者": "ask",
}
# The fields of the form: what is left empty is told when the answer is recorded.
FIELDS: dict[str, dict[str, str]] = {
    "owner": {"title": "Who answers for it · 责任人"},
    "reason": {"title": "Why, in a sentence · 理由"},
    "due_on": {"title": "Until · 期限", "format": "date",
               "description": "Last day of the waiver, or day by which an answer is due · 豁免或答复的最后一日"},
}  # fmt: skip
_ROWS = 20


def questions(publisher_id: str, has_failed: Callable[[str], bool] = lambda _: False) -> list[dict[str, Any]]:
    """For each waiting load of a publisher, the run that asks for its next decision: the same until it is taken.

    `has_failed` says of a run whether it has ended without an answer; another then asks in its place.
    """
    asked = []
    for each in waiting_loads(publisher_id):
        name = f"load-{each.load_id}-decision-{len(decisions_on(each.load_id)) + 1}"
        names = chain([name], (f"{name}-again-{number}" for number in count(1)))
        asked.append(
            {
                "conf": {"load_id": each.load_id},
                "trigger_run_id": next(run_id for run_id in names if not has_failed(run_id)),
            }
        )
    return asked


def is_waiting(load_id: int) -> bool:
    """Whether the load still waits for a person."""
    return any(each.load_id == load_id for each in waiting_loads())


def question(load_id: int) -> str:
    """The evidence about a load as Markdown: rule, key, what is printed, what was accepted before; or the objection."""
    table = next((f"**{each.table_id} · {each.edition}**" for each in waiting_loads() if each.load_id == load_id), "")
    failing = failures(load_id, limit=_ROWS)
    lines = [table, ""] if failing else [table, "", objections(load_id)]
    for each in failing:
        key = " ".join(str(value) for value in each.keys.values() if value is not None)
        before = f"; accepted before: {each.history[0].says} (load {each.history[0].load_id})" if each.history else ""
        printed = f" — `{each.printed}` at {each.locator}" if each.printed is not None else ""
        lines.append(f"* **{each.expectation_id}** {each.rule_en} · {each.rule_zh}: {key}{printed}{before}")
    return "\n".join([*lines, "", f"All of it · 全部: `shanhai quarantine show {load_id}`"])


def record(load_id: int, answer: Mapping[str, Any]) -> int:
    """Take the decision that a person chose on a form of Airflow; returns its id; raises what `decide` raises."""
    chosen = answer["chosen_options"]
    if len(chosen) != 1 or chosen[0] not in OPTIONS:
        raise DecisionError(f"{chosen} is not one of {list(OPTIONS)}")
    fields = answer.get("params_input") or {}
    person = answer.get("responded_by_user") or {}
    if not person.get("name"):
        raise DecisionError("nobody is known to have answered · 无答复人")
    try:
        due_on = date.fromisoformat(fields["due_on"]) if fields.get("due_on") else None
    except ValueError:
        raise DecisionError(f"{fields['due_on']!r} is not a day like 2027-01-31") from None
    return decide(
        load_id,
        OPTIONS[chosen[0]],
        owner=fields.get("owner") or "",
        reason=fields.get("reason") or "",
        due_on=due_on,
        decided_by=person["name"],
        through="airflow",
    )
