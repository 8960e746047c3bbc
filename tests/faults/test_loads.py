"""A load that is killed on its way leaves nothing half, and the next try ends where an undisturbed one does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from shanhai.platform import postgres
from tests.faults.conftest import EDITIONS, FaultyWarehouse, assert_sound, faulty_warehouse, loaded_content
from tests.faults.table import FaultTable, chosen
from tests.faults.worker import Fault

KINDS = ("worker killed", "connection cut", "postgres killed", "postgres restarted")
KEY = EDITIONS[0]


@pytest.fixture(scope="module")
def undisturbed(fault_server: Path) -> Iterator[tuple[dict[str, list[str]], dict[tuple[str, str], str]]]:
    """The points of each verb of a load, and the content it ends with."""
    with faulty_warehouse() as made:
        archived = made.run("archive", KEY)
        staged = made.run("stage", KEY, archived.value)
        judged = made.run("validate", staged.value)
        points = {"archive": archived.points, "stage": staged.points, "validate": judged.points}
        assert judged.state == "done", judged
        assert_sound()
        yield points, loaded_content()


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_a_load_survives_a_fault_at_every_step(
    undisturbed: tuple[dict[str, list[str]], dict[tuple[str, str], str]], kind: str, tell: Callable[[str], None]
) -> None:
    points, content = undisturbed
    table = FaultTable()
    for verb in ("archive", "stage", "validate"):
        for point in chosen(points[verb], kind):
            with faulty_warehouse() as made:
                outcome = load_with_fault(made, verb, Fault(kind, point))
                postgres.start()
                assert_sound()
                made.load(KEY)
                assert_sound()
                assert loaded_content() == content
                table.add(verb, points[verb][point - 1], kind, outcome)
    tell(table.report())
    assert table.rows


def load_with_fault(made: FaultyWarehouse, verb: str, fault: Fault) -> str:
    """The verbs before undisturbed, the verb with its fault; how it ended."""
    before: object = KEY
    arguments: tuple[object, ...] = (KEY,)
    for name in ("archive", "stage", "validate"):
        if name == verb:
            return made.run(name, *arguments, fault=fault).state
        before = made.value(name, *arguments)
        arguments = (KEY, before) if name == "archive" else (before,)
    raise LookupError(verb)
