"""A build or a promotion that is killed changes nothing that readers see; the next one gives what it would have."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from shanhai.platform import postgres
from shanhai.release import promotion
from shanhai.warehouse.connection import connect
from tests.faults.conftest import FaultyWarehouse, assert_sound, seen_by_readers
from tests.faults.table import FaultTable, chosen
from tests.faults.worker import Fault, run, start

# A build has hundreds of points and takes seconds: a few of dbt's statements stand for all, and what comes after dbt.
_OF_DBT = 3


def relations_of(release_id: int) -> dict[str, Any]:
    """Row counts and content hashes of a release, as the ledger keeps them."""
    with connect("auditor") as connection:
        row = connection.execute("select relations from ops.releases where release_id = %s", (release_id,)).fetchone()
    assert row is not None
    relations: dict[str, Any] = row[0]
    return relations


def releases() -> list[int]:
    """Every release of the ledger."""
    with connect("auditor") as connection:
        return [row[0] for row in connection.execute("select release_id from ops.releases order by 1").fetchall()]


def points_of_build(points: list[str]) -> list[int]:
    """The first thing, some statements of dbt, and everything after dbt that changes something."""
    of_dbt = [number for number, label in enumerate(points, 1) if label.startswith("dbt:")]
    before = chosen(points[: of_dbt[0] - 1], "worker killed")[1:2]
    after = [of_dbt[-1] + number for number in chosen(points[of_dbt[-1] :], "connection cut")]
    return [*before, *of_dbt[:: len(of_dbt) // _OF_DBT][1:_OF_DBT], *after]


@pytest.mark.slow
def test_a_build_survives_a_fault_at_every_step(built_warehouse: FaultyWarehouse, tell: Callable[[str], None]) -> None:
    shown = promotion.current()
    assert shown is not None
    table = FaultTable()
    undisturbed = built_warehouse.run("build")
    assert undisturbed.state == "done", undisturbed
    kinds = ("worker killed", "worker killed", "connection cut", "postgres killed")
    for number, point in enumerate(points_of_build(undisturbed.points)):
        kind = kinds[number % len(kinds)]
        before = releases()
        outcome = built_warehouse.run("build", fault=Fault(kind, point))
        postgres.start()
        assert promotion.current() == shown, "readers see another release after a build that nobody promoted"
        assert_sound(set(shown.load_ids))
        assert len(releases()) - len(before) in (0, 1)
        table.add("build", undisturbed.points[point - 1], kind, outcome.state)
    rebuilt = built_warehouse.value("build")
    assert relations_of(int(str(rebuilt))) == shown.relations, "the same loads gave other marts"
    tell(table.report())


@pytest.mark.slow
@pytest.mark.parametrize("way", ["offered", "made anew"])
def test_a_promotion_survives_a_fault_at_every_step(
    built_warehouse: FaultyWarehouse, way: str, tell: Callable[[str], None]
) -> None:
    first, second = kept_releases()[-2:]
    built_warehouse.value("promote", first)
    if way == "made anew":
        second = release_with_another_column(built_warehouse)
    undisturbed = built_warehouse.run("promote", second)
    assert undisturbed.state == "done", undisturbed
    table = FaultTable()
    for kind in ("worker killed", "connection cut", "postgres killed"):
        for point in chosen(undisturbed.points, kind):
            built_warehouse.value("promote", first)
            outcome = built_warehouse.run("promote", second, fault=Fault(kind, point))
            postgres.start()
            assert_sound()
            seen = promotion.current()
            assert seen is not None
            assert {frozenset(schemas) for schemas in seen_by_readers().values()} == {frozenset({seen.schema_name})}
            assert seen.release_id == (second if outcome.state == "done" else seen.release_id)
            built_warehouse.value("promote", second)
            assert_sound()
            table.add("promote", undisturbed.points[point - 1], kind, f"{outcome.state}, {seen.schema_name}")
    built_warehouse.value("promote", first)
    tell(table.report())


def release_with_another_column(made: FaultyWarehouse) -> int:
    """A release that the views readers have cannot show."""
    assert made.dbt_project is not None
    model = made.dbt_project / "models" / "marts" / "mart_loads.sql"
    text = model.read_text("utf-8")
    model.write_text(
        text.replace("count(*) as figures_count", "count(*) as figures_count, max(value) as value"), "utf-8"
    )
    try:
        return int(str(made.value("build")))
    finally:
        model.write_text(text, "utf-8")


def kept_releases() -> list[int]:
    """The releases whose tables are there."""
    with connect("auditor") as connection:
        rows = connection.execute(
            "select release_id from ops.releases where to_regnamespace(schema_name) is not null order by 1"
        ).fetchall()
    return [row[0] for row in rows]


@pytest.mark.slow
def test_two_builds_and_two_promotions_at_once_come_one_after_the_other(built_warehouse: FaultyWarehouse) -> None:
    before = releases()
    waits = [start(built_warehouse.job("build"), built_warehouse.environment) for _ in range(2)]
    built = [wait() for wait in waits]
    assert [outcome.state for outcome in built] == ["done", "done"], built
    assert sorted(outcome.value for outcome in built) == releases()[len(before) :]
    assert relations_of(built[0].value) == relations_of(built[1].value)
    release_id = built[0].value
    waits = [start(built_warehouse.job("promote", release_id), built_warehouse.environment) for _ in range(2)]
    assert [wait().state for wait in waits] == ["done", "done"]
    assert_sound()
    # Promoted twice, it is in the ledger once, and one step back from it is what readers had before.
    with connect("auditor") as connection:
        entries = connection.execute("select count(*) from ops.promotions where release_id = %s", (release_id,))
        assert entries.fetchone() == (1,)
    earlier = promotion.rollback()
    assert earlier != release_id
    assert_sound()


@pytest.mark.slow
def test_a_restarted_server_is_found_by_the_next_promotion(built_warehouse: FaultyWarehouse) -> None:
    first, second = kept_releases()[-2:]
    promotion.promote(first)
    postgres.stop()
    with pytest.raises(psycopg.OperationalError):
        promotion.promote(second)
    postgres.start()
    promotion.promote(second)
    assert run(built_warehouse.job("rollback"), built_warehouse.environment).value == first
    assert_sound()
