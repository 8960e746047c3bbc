"""Each dbt data test notices a defect of the rows it reads; what notices none is listed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml
from psycopg import sql
from tests.mutation.built_project import BuiltProject, Node, plain_sql
from tests.mutation.corruption import (
    Relation,
    both_doses,
    damages_by_search,
    foreign,
    lose_rows,
    outside,
    repeat_keys,
    stand_twice,
    try_damage,
)
from tests.mutation.score import Score

from shanhai.release import promotion
from shanhai.warehouse.connection import connect

# A defect that a person has thought of for a test whose SQL is its own, by the test's name.
DEFECTS: dict[str, str] = yaml.safe_load(Path(__file__).with_name("defects.yml").read_text("utf-8"))["data_tests"]
# How long a check is searched for a defect that it catches, and how many are tried at most.
_SEARCHED, _SEARCH_SECONDS = 150, 3.0


@pytest.fixture
def damaged(copied_warehouse: dict[str, str]) -> Iterator[tuple[psycopg.Connection, BuiltProject]]:
    """A connection whose search path is an unguarded copy of the promoted release."""
    release, project = promotion.current(), BuiltProject.of_last_build()
    assert release is not None
    with connect() as connection:
        project.copy_for_damage(connection, release.schema_name)
        # What is tried and undone a thousand times need not be safe against a power cut.
        connection.execute("set local synchronous_commit = off")
        yield connection, project
        connection.rollback()


def test_each_data_test_catches_a_defect(
    damaged: tuple[psycopg.Connection, BuiltProject], tell: Callable[[str], None]
) -> None:
    connection, project = damaged
    score = Score("dbt data tests")
    for test in project.data_tests:
        check, relations = project.check_of(test), project.relations_of(connection, test)
        sound = connection.execute(check).fetchone()
        assert sound is not None
        tried, until, caught = 0, time.monotonic() + _SEARCH_SECONDS, False
        for damage in islice(_damages(test, project.compiled_sql(test), relations), _SEARCHED):
            tried += 1
            found = try_damage(connection, damage, check)
            caught = found is not None and found > sound[0]
            if caught or time.monotonic() > until:
                break
        if caught:
            score.caught(test["name"], tried)
        else:
            score.survived(test["name"], f"{tried} defects tried")
    tell(score.report())
    assert not set(DEFECTS) - {test["name"] for test in project.data_tests}, "defects of tests that do not exist"
    score.require()


def _damages(test: Node, code: str, relations: list[Relation]) -> Iterator[sql.Composable]:
    if test["name"] in DEFECTS:
        # Written by us in this folder, and run in a transaction that is undone.
        return iter([sql.SQL(DEFECTS[test["name"]])])  # type: ignore[arg-type]
    kind = (test.get("test_metadata") or {}).get("name")
    arguments = (test.get("test_metadata") or {}).get("kwargs", {})
    known: Iterable[sql.Composable] = KNOWN[kind](relations[0], arguments) if kind in KNOWN else ()
    return chain(known, damages_by_search(relations, plain_sql(code)))


def _lost(relation: Relation, given: dict[str, Any]) -> list[sql.Composed]:
    return both_doses(relation, {given["column_name"]: sql.NULL})


def _foreign(relation: Relation, given: dict[str, Any]) -> list[sql.Composed]:
    column = given["column_name"]
    return both_doses(relation, {column: foreign(relation.columns[column])})


def _repeated(relation: Relation, given: dict[str, Any]) -> list[sql.Composed]:
    return repeat_keys(relation, [given["column_name"]])


def _repeated_together(relation: Relation, given: dict[str, Any]) -> list[sql.Composed]:
    columns = [column for column in given["columns"] if column in relation.columns]
    return repeat_keys(relation, columns) if columns else stand_twice(relation)


def _outside(relation: Relation, given: dict[str, Any]) -> list[sql.Composed]:
    return outside(relation, given["column_name"], given.get("min_value"), given.get("max_value"))


def _unresolved(relation: Relation, given: dict[str, Any]) -> list[sql.Composed]:
    statement = "update {} set {} = null, subject_name = '∅ foreign' where subject_kind = {}"
    names = relation.name, sql.Identifier(given["column_name"])
    return [sql.SQL(statement).format(*names, sql.Literal(given["subject_kind"]))]


def _unbalanced(relation: Relation, given: dict[str, Any]) -> list[sql.Composed]:
    statement = "update {} set value = value * 1000 where indicator_code = {}"
    return [sql.SQL(statement).format(relation.name, sql.Literal(given["whole"]))]


def _dangling(relation: Relation, _: dict[str, Any]) -> list[sql.Composed]:
    """Receipts of every kind name an entry that there is not."""
    statement = "update {} set receipts = regexp_replace(receipts::text, '({}:)[0-9a-f]{{{{32}}}}', {}, 'g')::jsonb"
    kinds = ("register:[a-z_]+", "observation", "history", "metric")
    nowhere = sql.Literal("\\1" + 32 * "0")
    return [sql.SQL(statement.format("{}", kind, "{}")).format(relation.name, nowhere) for kind in kinds]  # type: ignore[arg-type]


def _below_nothing(relation: Relation, _: dict[str, Any]) -> list[sql.Composed]:
    """A level that is less than nothing: of money or of people."""
    levels = [name for name in relation.columns if name.endswith(("_cny", "_persons"))]
    return [damage for name in levels[:1] for damage in both_doses(relation, {name: sql.Literal(-1)})]


KNOWN: dict[str, Callable[[Relation, dict[str, Any]], Iterable[sql.Composable]]] = {
    "not_null": _lost,
    "unique": _repeated,
    "unique_combination": _repeated_together,
    "accepted_values": _foreign,
    "relationships": _foreign,
    "in_code_list": _foreign,
    "within_range": _outside,
    "not_blank": lambda relation, _: lose_rows(relation),
    "receipts_lead_somewhere": _dangling,
    "within_unit": _below_nothing,
    "resolves_to": _unresolved,
    "sum_within_rounding": _unbalanced,
    "no_overlap_of_validity": lambda relation, _: stand_twice(relation),
}
