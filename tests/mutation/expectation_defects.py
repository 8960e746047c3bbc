"""The defects that follow from what an expectation expects."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

import hypothesis
from hypothesis import strategies
from psycopg import sql
from tests.mutation.corruption import (
    FOREIGN_NUMBER,
    NUMBERS,
    Relation,
    both_doses,
    foreign,
    lose_rows,
    outside,
    repeat_keys,
    stand_twice,
)

Given = dict[str, Any]


def _text_that(matches: bool, regex: str) -> str:
    """A text that the expression finds something in, or nothing."""
    if not matches:
        return next(text for text in ("∅ foreign", "", "0", "a") if not re.search(regex, text))
    found: str = hypothesis.find(strategies.from_regex(regex), lambda _: True)
    return found


def _foreign(rows: Relation, given: Given) -> list[sql.Composed]:
    return both_doses(rows, {given["column"]: foreign(rows.columns[given["column"]])})


def _text(matches: bool) -> Callable[[Relation, Given], list[sql.Composed]]:
    return lambda rows, given: both_doses(rows, {given["column"]: sql.Literal(_text_that(matches, given["regex"]))})


def _between(rows: Relation, given: Given) -> list[sql.Composed]:
    if rows.columns[given["column"]] in NUMBERS:
        return outside(rows, given["column"], given.get("min_value"), given.get("max_value"))
    return _foreign(rows, given)


def _pair(rows: Relation, given: Given) -> list[sql.Composed]:
    first, second = given["column_A"], given["column_B"]
    swapped = both_doses(rows, {first: sql.Identifier(second), second: sql.Identifier(first)})
    return [*swapped, *both_doses(rows, {first: sql.Identifier(second)})]


def _grown(rows: Relation, given: Given) -> list[sql.Composed]:
    return both_doses(rows, {given["column"]: sql.Literal(FOREIGN_NUMBER)})


def _rows_lost(rows: Relation, _: Given) -> list[sql.Composed]:
    return [*lose_rows(rows), *stand_twice(rows)]


KNOWN: dict[str, Callable[[Relation, Given], Iterable[sql.Composable]]] = {
    "ExpectTableRowCountToEqual": _rows_lost,
    "ExpectTableRowCountToBeBetween": _rows_lost,
    "ExpectColumnValuesToBeInSet": _foreign,
    "ExpectColumnDistinctValuesToBeInSet": _foreign,
    "ExpectColumnDistinctValuesToEqualSet": _foreign,
    "ExpectColumnDistinctValuesToContainSet": _foreign,
    "ExpectColumnValuesToNotBeNull": lambda rows, given: both_doses(rows, {given["column"]: sql.NULL}),
    "ExpectColumnValuesToBeNull": _foreign,
    "ExpectColumnValuesToBeUnique": lambda rows, given: repeat_keys(rows, [given["column"]]),
    "ExpectColumnValuesToMatchRegex": _text(False),
    "ExpectColumnValuesToNotMatchRegex": _text(True),
    "ExpectColumnValuesToBeBetween": _between,
    "ExpectColumnValueLengthsToEqual": lambda rows, given: both_doses(rows, {given["column"]: sql.Literal("∅" * 99)}),
    "ExpectColumnValueLengthsToBeBetween": lambda rows, given: both_doses(
        rows, {given["column"]: sql.Literal("∅" * 9999)}
    ),
    "ExpectColumnPairValuesAToBeGreaterThanB": _pair,
    "ExpectColumnPairValuesToBeEqual": lambda rows, given: both_doses(rows, {given["column_A"]: sql.NULL}),
    "ExpectColumnSumToBeBetween": _grown,
    "ExpectColumnMaxToBeBetween": _foreign,
    "ExpectColumnMinToBeBetween": _grown,
}  # fmt: skip
