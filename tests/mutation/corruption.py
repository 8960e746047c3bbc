"""Ways to damage rows: what stands in a cell is lost, foreign, out of range or another row's.

A damage is one SQL statement on one relation. Those of a known kind of check follow from the kind; for a check that is
SQL of its own they are tried one after another over the columns and literals that its text names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import psycopg
from psycopg import Connection, sql

NUMBERS = {"smallint", "integer", "bigint", "numeric", "double precision", "real"}
FOREIGN_NUMBER = -987_654_321
_COLUMNS = """
select attname, format_type(atttypid, null) from pg_attribute
where attrelid = %s::regclass and attnum > 0 and not attisdropped order by attnum
"""


@dataclass(frozen=True)
class Relation:
    """A table whose rows may be damaged, with the types of its columns by name."""

    name: sql.Identifier
    columns: dict[str, str]

    @classmethod
    def of(cls, connection: Connection, *parts: str) -> Relation:
        """The table of that name as Postgres knows it."""
        name = sql.Identifier(*parts)
        return cls(name, dict(connection.execute(_COLUMNS, (name.as_string(connection),)).fetchall()))


def foreign(kind: str) -> sql.Composable:
    """A value of the type that is in no list, register or range."""
    if kind in NUMBERS:
        return sql.Literal(FOREIGN_NUMBER) if kind != "smallint" else sql.Literal(-32_000)
    if kind == "date":
        return sql.SQL("date '9999-12-31'")
    if kind.startswith("timestamp"):
        return sql.SQL("timestamptz '9999-12-31'")
    return sql.Literal("∅ foreign")


def set_cells(relation: Relation, cells: dict[str, sql.Composable], *, everywhere: bool = False) -> sql.Composed:
    """Give columns other values, in one row that states the first of them or in every row."""
    changes = sql.SQL(", ").join(
        sql.SQL("{} = {}").format(sql.Identifier(column), value) for column, value in cells.items()
    )
    statement = sql.SQL("update {} set {}").format(relation.name, changes)
    if everywhere:
        return statement
    first = sql.Identifier(next(iter(cells)))
    return statement + sql.SQL(
        " where ctid = (select ctid from {} order by {} is null, ctid limit 1)"
    ).format(relation.name, first)  # fmt: skip


def both_doses(relation: Relation, cells: dict[str, sql.Composable]) -> list[sql.Composed]:
    """The same damage in one row, then in every row: a check of some rows only may pass over one."""
    return [set_cells(relation, cells), set_cells(relation, cells, everywhere=True)]


def repeat_keys(relation: Relation, columns: Sequence[str]) -> list[sql.Composed]:
    """One row takes the named columns of another; where there is one row only, it stands twice."""
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    taken = sql.SQL(
        """
        update {relation} set ({names}) = row (
            {values}
        ) from (select * from {relation} order by {first} is null, ctid limit 1) as other
        where {relation}.ctid = (select ctid from {relation} order by {first} is null, ctid offset 1 limit 1)
        """
    ).format(
        relation=relation.name,
        names=names,
        values=sql.SQL(", ").join(sql.SQL("other.{}").format(sql.Identifier(column)) for column in columns),
        first=sql.Identifier(columns[0]),
    )
    return [taken, *stand_twice(relation)]


def stand_twice(relation: Relation) -> list[sql.Composed]:
    """One row, then every row, stands in the relation a second time."""
    twice = sql.SQL("insert into {0} select * from {0}").format(relation.name)
    return [twice + sql.SQL(" limit 1"), twice]


def lose_rows(relation: Relation) -> list[sql.Composed]:
    """One row, then every row, is lost."""
    everything = sql.SQL("delete from {0}").format(relation.name)
    return [everything + sql.SQL(" where ctid = (select max(ctid) from {0})").format(relation.name), everything]


def outside(relation: Relation, column: str, low: Any, high: Any) -> list[sql.Composed]:
    """A value below the range, and one above it."""
    ends = [f"({low})::numeric - 1"] if low is not None else []
    ends += [f"({high})::numeric + 1"] if high is not None else []
    return [damage for end in ends for damage in both_doses(relation, {column: sql.SQL(end)})]  # type: ignore[arg-type]


def damages_by_search(relations: Sequence[Relation], text: str) -> Iterator[sql.Composed]:
    """Damages that could matter to a check whose SQL is `text`: single cells first, then pairs of them."""
    # What a check selects is for the person who reads it; what it finds is decided by the rest.
    words = set(re.findall(r"[a-z_][a-z_0-9]*", re.split(r"\bfrom\b", text, maxsplit=1)[-1]))
    literals = sorted(set(re.findall(r"'([^']{1,60})'", text)))
    pairs: list[Iterator[sql.Composed]] = []
    for relation in relations:
        named = {column: kind for column, kind in relation.columns.items() if column in words}
        values = {column: _candidates(relation, column, kind, literals, named) for column, kind in named.items()}
        for column in named:
            for value in values[column]:
                yield from both_doses(relation, {column: value})
        yield from stand_twice(relation)
        yield from lose_rows(relation)
        pairs.append(_pairs(relation, values))
    for each in pairs:
        yield from each


def _pairs(relation: Relation, values: dict[str, list[sql.Composable]]) -> Iterator[sql.Composed]:
    names = sorted(values)
    for at, first in enumerate(names):
        for second in names[at + 1 :]:
            for one, other in product(values[first], values[second]):
                yield set_cells(relation, {first: one, second: other}, everywhere=True)


def _candidates(
    relation: Relation, column: str, kind: str, literals: list[str], named: dict[str, str]
) -> list[sql.Composable]:
    others = [sql.Identifier(other) for other, of in named.items() if other != column and of == kind]
    neighbours: list[sql.Composable] = [*others]
    if kind == "boolean":
        return [sql.SQL("not {}").format(sql.Identifier(column)), sql.NULL]
    if kind in NUMBERS:
        own = sql.Identifier(column)
        grown = [sql.SQL(f"{{}} {by}").format(own) for by in ("* 1000 + 1", "+ 1", "- 1", "* -1 - 1")]  # type: ignore[arg-type]
        return [sql.NULL, *grown, *neighbours]
    if kind in ("date", "timestamp with time zone"):
        own = sql.Identifier(column)
        moved = [sql.SQL(f"{{}} {by} interval '50 years'").format(own) for by in ("+", "-")]  # type: ignore[arg-type]
        return [sql.NULL, *moved, *neighbours]
    if kind == "text":
        listed: list[sql.Composable] = [sql.Literal(each) for each in literals]
        return [sql.NULL, foreign(kind), *neighbours, sql.Literal(""), *listed]
    return [sql.NULL]


def try_damage(connection: Connection, damage: sql.Composable, check: sql.Composable) -> int | None:
    """How many rows the check finds in damaged rows, which are whole again afterwards; None when it cannot be done."""
    with connection.transaction(force_rollback=True):
        try:
            connection.execute(damage)
            row = connection.execute(check).fetchone()
        except (psycopg.DataError, psycopg.IntegrityError, psycopg.ProgrammingError):
            return None
    assert row is not None
    return int(row[0])
