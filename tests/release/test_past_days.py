"""A past day can be had again: what was known then, or published by then, whatever came later."""

from __future__ import annotations

from typing import Any

import pytest
from psycopg import sql

from shanhai.load import EditionKey, load_edition
from shanhai.release import dbt_build
from shanhai.release.as_of import NoSuchDayError, build_as_of, drop_as_of, past_schemas
from shanhai.release.candidate import alone, start_anew
from shanhai.release.dbt_build import CANDIDATE_SCHEMA, AsOf
from shanhai.warehouse.connection import connect, scalar

PROVINCE = "zhejiang_bureau_of_statistics/communique"
# What a figure needs to be built, and what is asked of it here; the rest of the project would be built for nothing.
BUILT = ("fct_observation_history", "fct_observations", "dim_publications", "mart_revisions")
# Every column that tells when and in which order something was loaded differs from warehouse to warehouse.
RUN = {"load_id", "loaded_at", "accepted_at"}
GDP_2023 = """
select value / 1e8, estimate_round, change_kind from {}.fct_observation_history
where division_code = '330000' and indicator_code = 'gdp' and time_period = '2023' and accum = 'YTD'
order by load_id
"""


def contents(schema: str) -> dict[str, Any]:
    """Relation → hash of its rows without what a run brings."""
    found = {}
    with connect() as connection:
        for relation in BUILT:
            found[relation] = scalar(
                connection,
                sql.SQL(
                    "select md5(string_agg(row::text, '' order by row::text)) "
                    "from (select to_jsonb(t) - {}::text[] as row from {} as t) as rows"
                ).format(sql.Literal(sorted(RUN)), sql.Identifier(schema, relation)),
            )
    # Only what is revised has rows in the triangle of revisions; everything else must.
    assert all(value for relation, value in found.items() if relation != "mart_revisions"), found
    return found


def build(as_of: AsOf | None, *options: str) -> None:
    """Build what is asked for into the candidate schema, as it is."""
    dbt_build.run(["build", "--exclude-resource-type", "test", "--exclude-resource-type", "unit_test",
                   "--select", *(f"+{relation}" for relation in BUILT), *options], as_of)  # fmt: skip


def gdp_of_2023(schema: str) -> list[tuple[Any, ...]]:
    with connect() as connection:
        return connection.execute(sql.SQL(GDP_2023).format(sql.Identifier(schema))).fetchall()


@pytest.fixture(scope="module")
def replayed(scratch_warehouse: None) -> dict[str, Any]:
    """A warehouse that grows by one load at a time: what it held each time, built from what was there."""
    kept: dict[str, Any] = {"moments": [], "replays": []}
    with connect() as connection, alone(connection):
        start_anew(connection)
    for table_id, edition in (
        ("ministry_of_civil_affairs/divisions_zhejiang", "2024"), (PROVINCE, "2023"), (PROVINCE, "2024"),
    ):  # fmt: skip
        load_edition(EditionKey(table_id, edition))
        with connect() as connection:
            kept["moments"].append(scalar(connection, "select clock_timestamp()::text"))
        if table_id == PROVINCE:
            # The second time the history is there already and takes in the new load only.
            build(None)
            kept["replays"].append(contents(CANDIDATE_SCHEMA))
    return kept


def test_a_full_refresh_equals_what_grew_load_by_load(replayed: dict[str, Any]) -> None:
    grown = contents(CANDIDATE_SCHEMA)
    assert grown == replayed["replays"][-1]
    build(None, "--full-refresh")
    assert contents(CANDIDATE_SCHEMA) == grown


def test_as_of_a_moment_is_what_a_warehouse_held_that_had_loaded_no_more(replayed: dict[str, Any]) -> None:
    with connect() as connection, alone(connection):
        start_anew(connection)
    build(AsOf(replayed["moments"][1], "loaded"))
    assert contents(CANDIDATE_SCHEMA) == replayed["replays"][0]
    assert replayed["replays"][0] != replayed["replays"][1]
    assert [row[1] for row in gdp_of_2023(CANDIDATE_SCHEMA)] == ["PRELIM"]


def test_by_the_publishers_clock_a_day_knows_what_had_been_said(replayed: dict[str, Any]) -> None:
    """Both communiqués are loaded; that of 2024 prints no date, and tells of a year that had not ended then."""
    view_schema = build_as_of("2024-06-30", "published")
    assert view_schema == "marts_as_of_20240630_published"
    assert [past.view_schema for past in past_schemas()] == [view_schema]
    with connect("reader") as connection:
        figures = connection.execute(
            sql.SQL("select estimate_round, value / 1e8 from {}.mart_division_figures "
                    "where division_code = '330000' and indicator_code = 'gdp' and time_period = '2023'"
                    "and accum = 'YTD'").format(sql.Identifier(view_schema))
        ).fetchall()  # fmt: skip
    assert figures == [("PRELIM", 82553)]
    drop_as_of(view_schema)
    assert past_schemas() == []
    with pytest.raises(NoSuchDayError):
        drop_as_of(view_schema)
    with connect("auditor") as connection:
        actions = connection.execute("select action from ops.as_of_schemas order by as_of_id").fetchall()
    assert actions == [("build",), ("drop",)]


def test_what_is_no_day_is_refused() -> None:
    with pytest.raises(dbt_build.BuildError, match="neither a day"):
        build_as_of("June 2023")
