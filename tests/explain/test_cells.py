"""Each number of each mart is followed to characters in the archive, and the characters give the number again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from psycopg import sql
from tests.conftest import ReleasedWarehouse

from shanhai import archive
from shanhai.explain.cells import NotExplainedError, explain_cell, keys_from_words
from shanhai.explain.formulas import evaluate
from shanhai.library import Library
from shanhai.warehouse.connection import connect

# Division in Postgres keeps some sixteen digits or more.
ENOUGH = Decimal("1e-12")

# Marts whose cells have no receipts yet; the set only shrinks.
WITHOUT_RECEIPTS: set[str] = set()


def close(one: Decimal, other: Decimal) -> bool:
    return abs(one - other) <= ENOUGH * max(abs(one), abs(other), Decimal(1))


def is_measure(meta: dict[str, Any]) -> bool:
    """A column that its contract calls a measure, or that shows an indicator and no attribute of it."""
    return bool(meta.get("measure") or ("indicator" in meta and "attribute" not in meta))


@pytest.fixture(scope="module")
def core(released_warehouse: ReleasedWarehouse) -> dict[str, dict[str, dict[str, Any]]]:
    """Everything that receipts may cite, by kind and key."""
    from psycopg.rows import dict_row

    with connect("auditor") as connection, connection.cursor(row_factory=dict_row) as cursor:
        observations = cursor.execute("select * from marts.fct_observations").fetchall()
        metrics = cursor.execute("select * from marts.fct_metrics").fetchall()
        tables = cursor.execute(
            "select table_name::text from information_schema.columns "
            "where table_schema = 'marts' and column_name = 'register_key'"
        ).fetchall()
        registers = {
            f"{t['table_name']}:{row['register_key']}": row
            for t in tables
            for row in cursor.execute(
                sql.SQL("select * from marts.{}").format(sql.Identifier(t["table_name"]))
            ).fetchall()
        }
    return {
        "observation": {row["observation_key"]: row for row in observations},
        "metric": {row["metric_key"]: row for row in metrics},
        "register": registers,
    }


@pytest.fixture(scope="module")
def measures(released_warehouse: ReleasedWarehouse) -> dict[str, set[str]]:
    """Mart → its measures, as their contracts declare them in the release's manifest."""
    import json

    from shanhai import settings

    manifest = json.loads((settings.home() / "dbt" / "target" / "manifest.json").read_text("utf-8"))
    found: dict[str, set[str]] = {}
    for node in manifest["nodes"].values():
        if node["resource_type"] == "model" and node["name"].startswith("mart_"):
            found[node["name"]] = {
                column["name"] for column in node["columns"].values() if is_measure(column["config"]["meta"])
            }
    return found


def cells(mart: str, columns: set[str]) -> Iterator[tuple[str, Any, list[str], dict[str, Any]]]:
    """Every non-null measure of a mart: column, value, receipt, row."""
    from psycopg.rows import dict_row

    with connect("auditor") as connection, connection.cursor(row_factory=dict_row) as cursor:
        for row in cursor.execute(sql.SQL("select * from marts.{}").format(sql.Identifier(mart))):
            for column in columns:
                if row[column] is not None:
                    yield column, row[column], (row.get("receipts") or {}).get(column, []), row


def test_every_number_of_every_mart_has_a_receipt_that_core_holds(
    core: dict[str, dict[str, dict[str, Any]]], measures: dict[str, set[str]]
) -> None:
    problems: dict[str, list[str]] = defaultdict(list)
    counted = 0
    for mart, columns in measures.items():
        if mart in WITHOUT_RECEIPTS:
            continue
        for column, value, receipt, _ in cells(mart, columns):
            counted += 1
            cited = [key.partition(":")[::2] for key in receipt]
            if not cited:
                problems[f"{mart}.{column}"].append(f"{value} without a receipt")
            problems[f"{mart}.{column}"] += [f"{k} {i} is not in core" for k, i in cited if i not in core[k]]
    assert counted > 5000
    assert not {name: found[:3] for name, found in problems.items() if found}
    assert {mart for mart, columns in measures.items() if columns} - WITHOUT_RECEIPTS


def test_a_cell_that_cites_one_figure_or_metric_is_that_value(
    core: dict[str, dict[str, dict[str, Any]]], measures: dict[str, set[str]]
) -> None:
    wrong, compared = [], 0
    for mart, columns in measures.items():
        if mart in WITHOUT_RECEIPTS:
            continue
        for column, value, receipt, _ in cells(mart, columns):
            if len(receipt) == 1 and isinstance(value, Decimal):
                kind, _, identity = receipt[0].partition(":")
                row = core[kind][identity]
                if kind in ("observation", "metric"):
                    compared += 1
                    # Counts and shares of one cited figure are no copies of it; every copy is of the cited value.
                    upper = row.get("value_upper")
                    if not any(known is not None and close(value, known) for known in (row["value"], upper)):
                        wrong.append((mart, column, value, row["value"]))
    assert compared > 5000
    assert not wrong


def test_every_metric_is_computed_again_from_its_inputs(core: dict[str, dict[str, dict[str, Any]]]) -> None:
    computed = 0
    for key, metric in core["metric"].items():
        if metric["value"] is None:
            continue
        inputs = []
        for given in metric["inputs"]:
            kind, _, identity = given["key"].partition(":")
            cited = core[kind][identity]
            if kind in ("observation", "metric"):
                assert Decimal(str(given["value"])) == cited["value"], (key, given)
            inputs.append((given["role"], Decimal(str(given["value"]))))
        assert close(evaluate(metric["formula"], inputs), metric["value"]), (metric["metric_code"], key)
        computed += 1
    assert computed > 500


def test_every_figure_is_printed_at_its_place_and_converts_to_its_value(
    core: dict[str, dict[str, dict[str, Any]]],
) -> None:
    library = Library.open()
    editions: dict[tuple[str, str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in core["observation"].values():
        editions[row["table_id"], row["edition"], row["publication_sha256"]].append(row)
    found = 0
    for (table_id, edition, digest), rows in editions.items():
        source = library.catalogue.tables[table_id]
        reader = library.reader(source, source.issue_of(edition, digest), archive.fetch(digest))
        read_again = {row["row_number"]: row for row in reader.rows()}
        for row in rows:
            assert reader.printed_at(row["locator"]) == row["printed"], (table_id, edition, row["locator"])
            again = read_again[row["row_number"]]
            assert (again["locator"], again["printed"]) == (row["locator"], row["printed"])
            assert again["obs_value"] == row["obs_value"]
            if row["obs_value"] is not None:
                assert row["obs_value"] * Decimal(10) ** row["unit_mult"] == row["value"]
            found += 1
    assert found == len(core["observation"]) > 8000


@pytest.mark.usefixtures("released_warehouse")
def test_a_cell_is_explained_as_a_tree() -> None:
    keys = keys_from_words(
        "mart_revisions", None, "2023", ["subject_name=浙江省", "indicator_code=gdp", "vintage_number=2"]
    )
    root, census, preliminary = explain_cell("marts.mart_revisions", keys, "relative_revision_pct")
    assert (root.depth, root.kind, root.value) == (0, "mart", "3.7152")
    assert [n.detail["printed"] for n in (census, preliminary)] == ["85620亿元", "82553亿元"]
    assert [n.depth for n in (census, preliminary)] == [1, 1]
    assert all(node.found_in_archive(Library.open()) for node in (census, preliminary))
    assert census.detail["vintages"][0]["value"] == 8255300000000


@pytest.mark.usefixtures("released_warehouse")
def test_a_metric_is_explained_down_to_its_figures() -> None:
    with connect("auditor") as connection:
        key = connection.execute(
            "select 'metric:' || metric_key from marts.fct_metrics "
            "where inputs_count > 1 and value is not null order by metric_key limit 1"
        ).fetchone()
        assert key is not None
        nodes = connection.execute("select * from audit.explain_key(%s, null, 0, '0') order by path", key).fetchall()
    assert (nodes[0][2], nodes[0][0]) == ("metric", 0)
    assert {(node[0], node[2]) for node in nodes[1:]} == {(1, "observation")}


@pytest.mark.usefixtures("released_warehouse")
def test_what_is_not_one_cell_is_not_explained() -> None:
    with pytest.raises(NotExplainedError, match="more than one row"):
        explain_cell("mart_revisions", {}, "value")
    with pytest.raises(NotExplainedError, match="no row"):
        explain_cell("mart_revisions", {"time_period": "1900"}, "value")
    with pytest.raises(NotExplainedError, match="has no column nothing"):
        explain_cell("mart_revisions", {"time_period": "2021"}, "nothing")
    with pytest.raises(NotExplainedError, match="names 0 divisions"):
        keys_from_words("mart_county_profiles", "无此县", None, [])


@pytest.mark.usefixtures("released_warehouse")
def test_a_reader_explains_nothing() -> None:
    import psycopg

    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        explain_cell("mart_revisions", {}, "value", "reader")
