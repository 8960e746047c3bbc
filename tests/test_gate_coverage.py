"""On the bundled publications: everything that was declared ran, and everything that was due is told."""

import pytest

from shanhai.completeness.report import completeness
from shanhai.library import Library
from shanhai.release import promotion
from shanhai.settings import Role
from shanhai.warehouse.connection import connect
from tests.conftest import ReleasedWarehouse

OPEN_TO_THE_HOUSE: tuple[Role, ...] = ("pipeline", "engineer", "auditor")


@pytest.mark.parametrize("role", OPEN_TO_THE_HOUSE)
def test_every_declared_expectation_and_test_ran_for_the_release(
    released_warehouse: ReleasedWarehouse, role: Role
) -> None:
    with connect(role) as connection:
        (row,) = connection.execute(
            "select release_id, expectations_declared, tests_declared, loads_unjudged, share_run from ops.gate_coverage"
        ).fetchall()
    release = promotion.current()
    assert release is not None
    assert row[0] == release.release_id
    assert row[1] >= 5 * len(release.load_ids)
    assert row[2] > 100
    assert (row[3], row[4]) == (0, 1)


def test_every_edition_is_accounted_for_and_released(released_warehouse: ReleasedWarehouse) -> None:
    due = [each for each in completeness() if each.edition]
    tables = Library.open().catalogue.tables.values()
    declared = {(t.table_id, e.edition, e.issue) for t in tables for e in t.document.editions}
    assert {(each.table_id, each.edition, each.issue) for each in due} == declared
    assert {each.state for each in due} <= {"on time", "late", "superseded"}
    assert all(each.is_released and not each.we_are_late for each in due)


def test_what_no_edition_is_declared_for_is_missing(released_warehouse: ReleasedWarehouse) -> None:
    """The provincial communiqué of 2025 was due in March 2026; this project holds none."""
    missing = {(each.table_id, str(each.period_end)) for each in completeness() if each.state == "missing"}
    assert ("zhejiang_bureau_of_statistics/communique", "2025-12-31") in missing
    assert ("zhejiang_bureau_of_statistics/quarterly", "2023-06-30") in missing
    assert ("zhejiang_bureau_of_statistics/quarterly", "2025-06-30") not in missing


def test_an_altered_set_of_tests_shows_in_the_share(copied_warehouse: dict[str, str]) -> None:
    with connect("owner") as connection:
        connection.execute("alter table ops.verdicts disable trigger user")
        connection.execute(
            "update ops.verdicts set expectations_run = expectations_run - 1 where verdict_id = "
            "(select max(verdict_id) from ops.verdicts inner join ops.releases on load_id = any(load_ids)"
            " where release_id = (select release_id from ops.gate_coverage))"
        )
        (share,) = connection.execute("select share_run from ops.gate_coverage").fetchall()
        connection.rollback()
    assert share[0] < 1
