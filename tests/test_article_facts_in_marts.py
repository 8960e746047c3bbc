"""Every fact of the five articles is found in a mart: in the row and column that tests/article_facts.csv names."""

from __future__ import annotations

import csv
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from psycopg import sql

from shanhai import settings
from shanhai.warehouse.connection import connect
from tests.conftest import ReleasedWarehouse

Fact = dict[str, str]
PLACES = Path(__file__).with_name("article_facts.csv")
# The curated facts beside the clone; the values that the marts show are compared with them where they are at hand.
CURATED = settings.DBT_PROJECT.parents[1] / "shared/data/facts/seed_facts.csv"
# How a mart names the thing that a fact is about.
KEYS = {
    "mart_programme_figures": ("subject_name", "counterpart_name", "indicator_code", "window_code"),
    "mart_division_figures": ("subject_name", "counterpart_name", "indicator_code"),
    "mart_pairings": ("recipient_name || '—' || partner_name",),
    "mart_parks": ("park_name_zh",),
    "mart_projects": ("project_name_zh",),
    "mart_scheme_rules": ("rule_code",),
}
FIGURES = ("mart_programme_figures", "mart_division_figures")
# A printed unit in the canonical one; what is not here is counted in ones.
SCALES = dict.fromkeys(("亿元", "亿元/年"), 10**8) | dict.fromkeys(
    ("万元", "万元/年", "万元/亩", "万人", "万米", "万吨/年", "万台/年"), 10**4
)
SIGNS = {">": {"GT", "GE"}, ">=": {"GE"}, "~": {"APPROX", "LT"}, "": {"EXACT"}}


def read(path: Path) -> list[Fact]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


FACTS = {row["fact_id"]: row for row in read(PLACES)}


def shown(fact: Fact) -> list[tuple[Any, ...]]:
    """Rows of the mart that the fact is in: the column's value, its qualifier and status where the mart has them."""
    mart = fact["mart"]
    wanted = (fact["subject"], fact["counterpart"], fact["indicator_code"], fact["window_code"])
    conditions = [
        sql.SQL("coalesce({}, '') = %s").format(sql.SQL(key) if " " in key else sql.Identifier(key))
        for key in KEYS[mart]
    ]
    attributes = sql.SQL("value_qualifier, obs_status") if mart in FIGURES else sql.SQL("'', ''")
    query = sql.SQL("select {}::text, {} from {} where {}").format(
        sql.Identifier(fact["column"]),
        attributes,
        sql.Identifier("marts", mart),
        sql.SQL(" and ").join(conditions),
    )
    with connect("reader") as connection:
        return connection.execute(query, wanted[: len(KEYS[mart])]).fetchall()


def same(one: str, other: str) -> bool:
    return one == other or (is_number(one) and is_number(other) and Decimal(one) == Decimal(other))


def is_number(text: str) -> bool:
    return re.fullmatch(r"-?\d+(\.\d+)?", text) is not None


def test_every_fact_has_its_place() -> None:
    articles = {"S0": 66, "S1": 25, "S2": 14, "S3": 54, "S4": 39}
    assert list(FACTS) == [f"{article}-{n:03}" for article, count in articles.items() for n in range(1, count + 1)]
    assert {fact["mart"] for fact in FACTS.values()} == KEYS.keys()


@pytest.mark.parametrize("fact_id", FACTS)
def test_the_fact_is_in_its_mart(released_warehouse: ReleasedWarehouse, fact_id: str) -> None:
    fact = FACTS[fact_id]
    found = shown(fact)
    assert found, "no such row"
    assert any(
        same(value, fact["value"]) and (qualifier, status) == (fact["value_qualifier"], fact["obs_status"])
        for value, qualifier, status in found
    ), found


@pytest.mark.skipif(not CURATED.exists(), reason="the curated facts are not beside the clone")
def test_the_places_hold_the_curated_values() -> None:
    """Numbers agree in the canonical unit with their bound; what is no number stands as it was curated."""
    curated = {row["fact_id"]: row for row in read(CURATED)}
    assert curated.keys() == FACTS.keys()
    compared = 0
    for fact_id, fact in FACTS.items():
        match = re.fullmatch(r"(>=|>|~|)(\d+(?:\.\d+)?)(?:-\d+)?", curated[fact_id]["value"])
        if fact["mart"] not in FIGURES or not match or fact["column"] == "obs_text":
            continue
        number = Decimal(match[2]) * SCALES.get(curated[fact_id]["unit_zh"], 1)
        assert number == Decimal(fact["value"]), fact_id
        sign = "~" if "约" in curated[fact_id]["scope/notes"] else match[1]
        assert fact["value_qualifier"] in SIGNS[sign], fact_id
        compared += 1
    assert compared > 130
