"""One changed cell of one publication changes, in every mart, nothing but cells whose receipts cite it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest
from psycopg import Connection, sql
from psycopg.rows import dict_row
from tests.conftest import ReleasedWarehouse, own_database
from tests.release.compiled_project import build, compiled

from shanhai import settings
from shanhai.release.closure import Project
from shanhai.warehouse.connection import connect, scalar

Cells = dict[tuple[str, str, str], Any]
Receipts = dict[tuple[str, str], dict[str, list[str]]]
# Measures that count what they cite, whatever its value is, beside those whose name says so.
OF_COUNTS = {"data_health_index_pct"}


@pytest.fixture(scope="module")
def copy(released_warehouse: ReleasedWarehouse) -> Iterator[tuple[Connection, str]]:
    """A copy of the released warehouse whose staging may be altered, and the schema that holds the seeds."""
    with own_database("changed_cell", settings.WAREHOUSE_DATABASE), connect() as connection:
        seeds = str(scalar(connection, "select schema_name from ops.releases order by release_id desc limit 1"))
        with connect("owner") as owner:
            owner.execute("alter table staging.observations disable trigger user")
            owner.execute("grant update on staging.observations to shanhai_pipeline")
        yield connection, seeds


@pytest.fixture(scope="module")
def project() -> Project:
    """The released project, which knows the key of each mart."""
    return Project(json.loads((settings.home() / "dbt" / "target" / "manifest.json").read_text("utf-8")), "")


def shown(connection: Connection, schema: str, project: Project) -> tuple[Cells, Receipts]:
    """Every cell of every mart, but receipts and clocks of the run; and the receipts of each row."""
    cells: Cells = {}
    receipts: Receipts = {}
    with connection.cursor(row_factory=dict_row) as cursor:
        for mart in (name for name in project.promoted if name.startswith("mart_")):
            key = project.key_of(mart)
            assert key, mart
            for row in cursor.execute(sql.SQL("select * from {}").format(sql.Identifier(schema, mart))).fetchall():
                identity = json.dumps([str(row[column]) for column in key])
                receipts[mart, identity] = row.pop("receipts", None) or {}
                cells |= {(mart, identity, column): value for column, value in row.items()}
    return cells, receipts


def citing(connection: Connection, schema: str, receipts: Receipts, cited: set[str]) -> set[tuple[str, str, str]]:
    """The cells whose receipts lead to one of the figures, through however many metrics."""
    users: dict[str, set[str]] = defaultdict(set)
    for metric, inputs in connection.execute(
        sql.SQL("select 'metric:' || metric_key, inputs from {}").format(sql.Identifier(schema, "fct_metrics"))
    ):
        for each in inputs:
            users[each["key"]].add(metric)
    leading, queue = set(cited), list(cited)
    while queue:
        new = users[queue.pop()] - leading
        leading |= new
        queue += new
    return {
        (mart, row, column)
        for (mart, row), of_row in receipts.items()
        for column, keys in of_row.items()
        if leading & set(keys)
    }


@pytest.mark.parametrize(("area", "indicator", "period", "marts"), [
    ("331125", "gdp", "2022", {"mart_county_profiles", "mart_division_figures"}),
    ("330000", "gdp", "2023", {"mart_revisions", "mart_division_figures"}),
])  # fmt: skip
def test_a_changed_figure_changes_nothing_that_does_not_cite_it(
    copy: tuple[Connection, str], project: Project, area: str, indicator: str, period: str, marts: set[str]
) -> None:
    connection, seeds = copy
    build(connection, compiled(None), "sound", seeds)
    (load_id, row_number, key) = connection.execute(
        sql.SQL(
            "select load_id, row_number, 'observation:' || observation_key from {} where division_code = %s and "
            "indicator_code = %s and time_period = %s and accum = 'YTD' and vintage_rank = 1"
        ).format(sql.Identifier("sound", "fct_observations")),
        (area, indicator, period),
    ).fetchall()[0]
    changed = (
        "update staging.observations set obs_value = obs_value * 1.01, value = value * 1.01, printed = printed || ' '"
    )
    with connection.transaction(force_rollback=True):
        connection.execute(changed + " where (load_id, row_number) = (%s, %s)", (load_id, row_number))  # type: ignore[arg-type]
        build(connection, compiled(None), "altered", seeds)
        before, receipts = shown(connection, "sound", project)
        after, receipts_after = shown(connection, "altered", project)
        cite = citing(connection, "sound", receipts, {key})
    assert receipts == receipts_after, "a value alone changed which figures are cited"
    assert before.keys() == after.keys()
    differ = {cell for cell in before if before[cell] != after[cell]}
    measured = {(mart, row, column) for mart, row, column in before if column in receipts[mart, row]}
    assert differ & measured <= cite, sorted(differ & measured - cite)[:5]
    # What is no measure (its printed characters, a bound, a grade) may change only beside a cell that cites the figure.
    rows = {(mart, row) for mart, row, _ in cite}
    assert {(mart, row) for mart, row, _ in differ} <= rows
    assert not [cell for cell in cite - differ if not cell[2].endswith("_count") and cell[2] not in OF_COUNTS]
    assert marts <= {mart for mart, _, _ in differ & measured}
    through_metrics = {cell for cell in differ & cite if key not in receipts[cell[:2]][cell[2]]}
    assert through_metrics, "no derived metric rests on the figure"


def test_a_warning_reaches_every_row_that_rests_on_the_load_and_no_other(
    copy: tuple[Connection, str], project: Project
) -> None:
    connection, seeds = copy
    build(connection, compiled(None), "sound", seeds)
    facts = sql.Identifier("sound", "fct_observations")
    rows = connection.execute(
        sql.SQL("select 'observation:' || observation_key from {} where edition = 'yunhe-2022'").format(facts)
    )
    figures = {key for (key,) in rows}
    with connection.transaction(force_rollback=True):
        connection.execute(
            "insert into ops.verdicts (load_id, is_accepted, reason, expectations_declared, expectations_run, results, "
            "warnings, warnings_count) select load_id, true, 'made up', 1, 1, '[]', '{V05}', 1 from ops.accepted_loads "
            "where edition = 'yunhe-2022' and is_latest"
        )
        build(connection, compiled(None), "flagged", seeds)
        before, receipts = shown(connection, "sound", project)
        after, _ = shown(connection, "flagged", project)
        cite = {(mart, row) for mart, row, _ in citing(connection, "sound", receipts, figures)}
    flagged = {cell[:2] for cell in after if cell[2] == "has_warnings" and after[cell] and not before[cell]}
    assert {cell for cell in after if after[cell] != before[cell] and cell[2] != "has_warnings"} == set()
    assert len(flagged) > 30
    assert cite <= flagged
    # What could not be computed for want of other figures cites nothing and is flagged all the same.
    assert {after[mart, row, "value"] for mart, row in flagged - cite} <= {None}
