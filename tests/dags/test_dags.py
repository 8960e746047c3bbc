"""The DAGs are those of the documents, read like a paragraph, and each runs on the bundled publications."""

import pytest

from shanhai.library import Library
from shanhai.release import promotion
from tests.conftest import ReleasedWarehouse


@pytest.fixture(scope="module")
def dag_ids() -> set[str]:
    """One load per publisher, the build, the one that asks people, and the audit."""
    return {f"load_{publisher_id}" for publisher_id in Library.open().catalogue.publishers} | {
        "build_marts",
        "decide_quarantine",
        "quarterly_audit",
    }


def test_there_are_exactly_these_dags(released_warehouse: ReleasedWarehouse, dag_ids: set[str]) -> None:
    assert len(dag_ids) > 5
    assert set(released_warehouse.bag.dags) == dag_ids


def test_every_dag_runs(released_warehouse: ReleasedWarehouse, dag_ids: set[str]) -> None:
    # Two wait for people: test_running_audit.py and test_running_quarantine.py.
    assert released_warehouse.runs == dict.fromkeys(dag_ids - {"quarterly_audit", "decide_quarantine"}, "success")


def test_every_edition_was_accepted_and_readers_see_it(released_warehouse: ReleasedWarehouse) -> None:
    assert released_warehouse.states == {"accepted"}
    assert promotion.current() is not None
    assert not released_warehouse.is_due


def test_a_load_is_one_chain_per_edition(released_warehouse: ReleasedWarehouse) -> None:
    dag = released_warehouse.bag.dags["load_county_bureaus_of_statistics"]
    assert {task.task_id: task.downstream_task_ids for task in dag.tasks} == {
        "editions": {"load_edition.archive", "load_edition.stage", "load_edition.validate"},
        "load_edition.archive": {"load_edition.stage"},
        "load_edition.stage": {"load_edition.validate"},
        "load_edition.validate": {"announce", "every_edition_accepted", "quarantined"},
        "quarantined": {"ask_for_decision"},
        "ask_for_decision": set(),
        "announce": set(),
        "every_edition_accepted": set(),
    }


def test_every_dag_explains_itself_in_both_languages(released_warehouse: ReleasedWarehouse) -> None:
    for dag in released_warehouse.bag.dags.values():
        assert any("\u4e00" <= character <= "\u9fff" for character in dag.doc_md), dag.dag_id
        assert sum(character.isascii() and character.isalpha() for character in dag.doc_md) > 80, dag.dag_id
