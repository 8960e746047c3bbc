"""What a release changes is told value by value with its cause, and gives its version; past rows stay readable."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import Connection, sql
from psycopg.types.json import Jsonb

from shanhai.release.changes import Evidence, raised, record_changes
from shanhai.release.content import Seal, TamperedError, check_seal, content_of, write_seal
from shanhai.release.rows import keep_rows, offer_past_days
from shanhai.warehouse.connection import connect

pytestmark = pytest.mark.usefixtures("scratch_warehouse")
KEYS = {"mart_made_up": ["county", "year"]}


@pytest.mark.parametrize(("kinds", "version"), [
    ((), "1.2.3"), (("corrected",), "1.2.4"), (("corrected", "added"), "1.3.0"), (("added", "deleted"), "2.0.0"),
])  # fmt: skip
def test_a_version_rises_by_the_worst_change(kinds: tuple[str, ...], version: str) -> None:
    assert raised("1.2.3", kinds) == version
    assert raised(None, kinds) == "1.0.0"


@pytest.fixture
def connection() -> Iterator[Connection]:
    """A connection whose work is undone."""
    with connect() as opened:
        yield opened
        opened.rollback()


def synthetic_release(
    connection: Connection, schema: str, columns: str, rows: list[tuple[Any, ...]], facts: dict[str, int]
) -> None:
    """A schema as a build leaves it: a mart, and core as far as receipts lead; all of it made up."""
    connection.execute(sql.SQL("create schema {}").format(sql.Identifier(schema)))
    for table, declared in (
        ("mart_made_up", columns),
        ("fct_observations", "observation_key text, load_id bigint"),
        ("fct_metrics", "metric_key text, inputs jsonb"),
    ):
        statement = sql.SQL("create table {} (" + declared + ")")  # type: ignore[arg-type]
        connection.execute(statement.format(sql.Identifier(schema, table)))
    values = sql.SQL(", ").join(sql.Placeholder() * len(rows[0]))
    for row in rows:
        mart = sql.Identifier(schema, "mart_made_up")
        connection.execute(sql.SQL("insert into {} values ({})").format(mart, values), row)
    for key, load in facts.items():
        table = sql.Identifier(schema, "fct_observations")
        connection.execute(sql.SQL("insert into {} values (%s, %s)").format(table), (key, load))
    metric = Jsonb([{"role": "part", "key": "observation:gdp"}])
    table = sql.Identifier(schema, "fct_metrics")
    connection.execute(sql.SQL("insert into {} values ('share', %s)").format(table), (metric,))


OLD = "county text, year integer, gdp_cny numeric, share_pct numeric, note text, receipts jsonb"
NEW = "county text, year integer, gdp_cny numeric, share_pct numeric, area_km2 numeric, receipts jsonb"
CITED = Jsonb({"gdp_cny": ["observation:gdp"], "share_pct": ["metric:share"]})
NOT_NEW = Jsonb({"gdp_cny": ["observation:old"]})


def changes(connection: Connection, release_id: int) -> list[tuple[Any, ...]]:
    return connection.execute(
        "select change_kind, row_key ->> 'county', column_name, old_value, new_value, cause, load_ids "
        "from ops.release_changes where release_id = %s order by change_number",
        (release_id,),
    ).fetchall()


def test_each_difference_is_kept_with_the_nearest_cause(connection: Connection) -> None:
    before = [("a", 2023, 10, 1, "x", CITED), ("b", 2023, 20, None, "x", NOT_NEW), ("c", 2023, 30, 3, "x", NOT_NEW)]
    after = [("a", 2023, 11, 2, 5, CITED), ("b", 2023, 21, None, None, NOT_NEW), ("d", 2023, 40, 4, 5, NOT_NEW)]
    synthetic_release(connection, "synthetic_old", OLD, before, {"gdp": 1, "old": 1})
    synthetic_release(connection, "synthetic_new", NEW, after, {"gdp": 7, "old": 1})
    evidence = Evidence(new_loads=[7], register_loads=[], recoded=["mart_made_up"], corrected=[])
    kinds = record_changes(connection, 999, ("synthetic_old", "synthetic_new"), KEYS, evidence)
    assert kinds == {"mart_made_up": {"added", "deleted", "corrected"}}
    # A figure and a metric that rest on the new load are revised by it; what rests on nothing new is changed by code.
    assert sorted(changes(connection, 999), key=str) == sorted([
        ("corrected", "a", "gdp_cny", "10", "11", "source revision", [7]),
        ("corrected", "a", "share_pct", "1", "2", "source revision", [7]),
        ("corrected", "b", "gdp_cny", "20", "21", "code", []),
        ("deleted", "c", None, None, None, "code", []),
        ("added", "d", None, None, None, "code", []),
        ("deleted", None, "note", None, None, "code", []),
        ("added", None, "area_km2", None, None, "code", []),
    ], key=str)  # fmt: skip


@pytest.mark.parametrize(("evidence", "cause", "loads"), [
    (Evidence([7], [], [], []), "source revision", [7]),
    (Evidence([7], [7], ["mart_made_up"], []), "membership", [7]),
    (Evidence([], [], ["mart_made_up"], []), "code", []),
    (Evidence([], [], ["mart_made_up"], ["mart_made_up"]), "correction", []),
])  # fmt: skip
def test_without_a_new_figure_the_cause_is_what_changed(
    connection: Connection, evidence: Evidence, cause: str, loads: list[int]
) -> None:
    synthetic_release(connection, "synthetic_old", OLD, [("a", 2023, 1, None, "x", NOT_NEW)], {"old": 1})
    synthetic_release(connection, "synthetic_new", OLD, [("a", 2023, None, 2, "x", NOT_NEW)], {"old": 1})
    record_changes(connection, 999, ("synthetic_old", "synthetic_new"), KEYS, evidence)
    assert changes(connection, 999) == [
        ("deleted", "a", "gdp_cny", "1", None, cause, loads),
        ("added", "a", "share_pct", None, "2", cause, loads),
    ]


def test_a_mart_comes_and_goes_whole(connection: Connection) -> None:
    for schema in ("synthetic_old", "synthetic_new"):
        synthetic_release(connection, schema, OLD, [("a", 2023, 1, None, "x", NOT_NEW)], {"old": 1})
    connection.execute("create table synthetic_old.mart_gone as select * from synthetic_old.mart_made_up")
    connection.execute("create table synthetic_new.mart_come as select * from synthetic_new.mart_made_up")
    keys = {"mart_gone": [], "mart_come": ["county", "year"], **KEYS}
    evidence = Evidence(new_loads=[7], register_loads=[], recoded=[], corrected=[])
    kinds = record_changes(connection, 999, ("synthetic_old", "synthetic_new"), keys, evidence)
    assert kinds == {"mart_gone": {"deleted"}, "mart_come": {"added"}, "mart_made_up": set()}
    assert changes(connection, 999) == [
        ("added", None, None, None, None, "code", []), ("deleted", None, None, None, None, "code", []),
    ]  # fmt: skip


def test_readers_read_what_they_saw_on_a_day(connection: Connection) -> None:
    releases = {1: [("a", 2023, 10, 1, "x", CITED)], 2: [("a", 2023, 11, 1, "x", CITED), ("b", 2023, 5, 1, "x", CITED)]}
    for number, rows in releases.items():
        schema = f"synthetic_{number}"
        synthetic_release(connection, schema, OLD, rows, {})
        connection.execute(
            "insert into ops.releases (release_id, schema_name, load_ids, project_sha256, tests_declared, tests_run, "
            "tests_failed, relations) values (%s, %s, '{}', '', 0, 0, 0, '{}')",
            (number, schema),
        )
        keep_rows(connection, number, schema, ["mart_made_up"])
    # Shown, corrected, and taken back; a release that is only built is never seen.
    for release, day in ((1, "2026-03-01"), (2, "2026-03-02"), (1, "2026-03-04")):
        connection.execute(
            "insert into ops.promotions (release_id, action, promoted_by, promoted_at) values (%s, 'promote', 'x', %s)",
            (release, f"{day} 12:00+08"),
        )
    offer_past_days(connection, "synthetic_2", ["mart_made_up"])
    offer_past_days(connection, "synthetic_2", ["mart_made_up"])
    seen = {
        day: connection.execute(
            "select county, gdp_cny from marts.mart_made_up_as_of(%s) order by 1", (f"2026-{day}",)
        ).fetchall()
        for day in ("02-28", "03-01", "03-02", "03-03", "03-04")
    }
    first, second = [("a", 10)], [("a", 11), ("b", 5)]
    assert seen == {"02-28": [], "03-01": first, "03-02": second, "03-03": second, "03-04": first}
    kept = connection.execute("select count(*) from ops.release_rows").fetchone()
    assert kept == (3,)
    allowed = connection.execute(
        "select has_function_privilege('shanhai_reader', 'marts.mart_made_up_as_of(date)', 'execute')"
    ).fetchone()
    assert allowed == (True,)


def test_a_mart_that_is_gone_has_no_rows_from_then_on(connection: Connection) -> None:
    for number, marts in ((1, ["mart_made_up"]), (2, [])):
        schema = f"synthetic_{number}"
        synthetic_release(connection, schema, OLD, [("a", 2023, 10, 1, "x", CITED)], {})
        connection.execute(
            "insert into ops.releases (release_id, schema_name, load_ids, project_sha256, tests_declared, tests_run, "
            "tests_failed, relations) values (%s, %s, '{}', '', 0, 0, 0, '{}')",
            (number, schema),
        )
        keep_rows(connection, number, schema, marts)
        connection.execute(
            "insert into ops.promotions (release_id, action, promoted_by, promoted_at) values (%s, 'promote', 'x', %s)",
            (number, f"2026-03-0{number} 12:00+08"),
        )
    offer_past_days(connection, "synthetic_1", ["mart_made_up"])
    seen = [
        connection.execute("select county from marts.mart_made_up_as_of(%s)", (f"2026-03-0{day}",)).fetchall()
        for day in (1, 2)
    ]
    assert seen == [[("a",)], []]


def test_what_was_altered_after_its_tests_is_not_shown(connection: Connection) -> None:
    synthetic_release(connection, "synthetic_1", OLD, [("a", 2023, 10, 1, "x", CITED)], {})
    connection.execute(
        "insert into ops.releases (release_id, schema_name, load_ids, project_sha256, tests_declared, tests_run, "
        "tests_failed, relations) values (1, 'synthetic_1', '{}', '', 0, 0, 0, '{}')"
    )
    with pytest.raises(TamperedError, match="has no seal"):
        check_seal(connection, 1, "synthetic_1")
    write_seal(connection, 1, Seal(None, content_of(connection, "synthetic_1", ["mart_made_up"]), {}, {}))
    check_seal(connection, 1, "synthetic_1")
    connection.execute("update synthetic_1.mart_made_up set gdp_cny = 11")
    with pytest.raises(TamperedError, match=r"synthetic_1\.mart_made_up was altered"):
        check_seal(connection, 1, "synthetic_1")


@pytest.mark.parametrize("table", ["release_seals", "release_changes", "release_rows", "as_of_schemas"])
def test_nobody_rewrites_what_a_release_was(table: str) -> None:
    for role in ("pipeline", "engineer", "auditor"):
        with connect(role) as opened:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                opened.execute(sql.SQL("delete from ops.{}").format(sql.Identifier(table)))
            opened.rollback()
