"""Copies of accepted loads with one defect each, and what the gate says of them when one expectation is its suite."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import yaml
from psycopg import sql
from tests.mutation.corruption import Relation

from shanhai import settings
from shanhai.validate import LoadRejectedError, validate_load
from shanhai.warehouse.connection import connect, scalar


@dataclass(frozen=True)
class Declared:
    """One expectation as its document writes it, and the loads that it holds for."""

    document: Path
    relation: str
    table_id: str | None
    position: int
    content: dict[str, Any]

    @property
    def name(self) -> str:
        """What a defect or a survivor calls it: its id, or relation and reason."""
        own = self.content.get("id") or f"{self.position} {self.content['expect']}: {self.content['why']['en']}"
        return f"{self.table_id or self.relation} {own}"

    @property
    def blocking(self) -> dict[str, Any]:
        """The expectation such that a failure blocks, whatever its severity is."""
        return {name: value for name, value in self.content.items() if name != "severity"}


def declared() -> list[Declared]:
    """Every expectation on loads, in order of the documents; `table_id` is None where it holds for a whole relation."""
    with connect() as connection:
        relation_of = dict(connection.execute("select distinct table_id, relation from ops.loads").fetchall())
    found = []
    for document in sorted(settings.EXPECTATIONS.rglob("*.yml")):
        name = document.relative_to(settings.EXPECTATIONS).with_suffix("").as_posix()
        if name in relation_of or name in relation_of.values():
            contents = yaml.safe_load(document.read_text("utf-8"))["expectations"]
            relation, table_id = (relation_of[name], name) if name in relation_of else (name, None)
            found += [Declared(document, relation, table_id, number, each) for number, each in enumerate(contents, 1)]
    return found


class Gate:
    """Asks the gate about damaged copies of loads, one expectation at a time."""

    def __init__(self, folder: Path, connection: psycopg.Connection) -> None:
        self.folder, self.connection = folder, connection
        self._copies = 0
        self._sound: dict[tuple[Path, int], bool] = {}

    def is_sound(self, each: Declared, load_id: int, everything: list[Declared]) -> bool:
        """Whether an undamaged copy of the load passes; asked once for all expectations of a document, then singly."""
        together = (each.document, load_id)
        if together not in self._sound:
            of_document = [other for other in everything if other.document == each.document]
            self._sound[together] = bool(self.accepts(of_document, load_id, None))
        return self._sound[together] or bool(self.accepts([each], load_id, None))

    def accepts(self, suite: list[Declared], load_id: int, damage: sql.Composable | None) -> bool | None:
        """Whether a copy of the load passes the suite; None when the damage cannot be done or the gate broke."""
        relation = suite[0].relation
        copy = self._copy(relation, load_id, damage)
        if copy is None:
            return None
        document = {"expectations": [each.blocking for each in suite]}
        (self.folder / f"{relation}.yml").write_text(yaml.safe_dump(document, allow_unicode=True), "utf-8")
        try:
            validate_load(copy)
        except LoadRejectedError as error:
            return None if re.search("could not run|gate itself failed|no expectations", str(error)) else False
        return True

    def _copy(self, relation: str, load_id: int, damage: sql.Composable | None) -> int | None:
        with self.connection.transaction():
            copy = int(scalar(self.connection, "select nextval(pg_get_serial_sequence('ops.loads', 'load_id'))"))
            self.connection.execute("set constraints all deferred")
            make_rows(self.connection, relation, load_id)
            if damage is not None:
                try:
                    with self.connection.transaction():
                        self.connection.execute(damage)
                except psycopg.Error:
                    self.connection.execute("drop table damaged")
                    return None
            self.connection.execute("update damaged set load_id = %s", (copy,))
            staged = sql.Identifier("staging", relation)
            self.connection.execute(sql.SQL("insert into {} select * from damaged").format(staged))
            self.connection.execute("drop table damaged")
            self._copies += 1
            row = self._columns("ops.loads")
            changed = {"load_id": sql.Literal(copy), "edition": sql.Literal(f"seeded defect {self._copies}")}
            self.connection.execute(
                sql.SQL("insert into ops.loads ({}) select {} from ops.loads where load_id = {}").format(
                    sql.SQL(", ").join(map(sql.Identifier, row)),
                    sql.SQL(", ").join(changed.get(column, sql.Identifier(column)) for column in row),
                    sql.Literal(load_id),
                )
            )
        return copy

    def _columns(self, table: str) -> list[str]:
        return list(Relation.of(self.connection, *table.split(".")).columns)


def make_rows(connection: psycopg.Connection, relation: str, load_id: int) -> None:
    """A temporary table `damaged` with the rows of the load."""
    statement = "create temporary table damaged as select * from {} where load_id = {}"
    connection.execute(sql.SQL(statement).format(sql.Identifier("staging", relation), sql.Literal(load_id)))


def take_off_guards() -> None:
    """Have no constraint on the staging relations of this copy of the warehouse."""
    with connect("owner") as connection:
        constraints = connection.execute(
            """
            select conrelid::regclass::text, conname, contype from pg_constraint
            where connamespace = 'staging'::regnamespace and contype in ('c', 'n', 'u', 'p')
            order by contype <> 'p'
            """
        ).fetchall()
        for table, name, _ in constraints:
            connection.execute(f'alter table {table} drop constraint if exists "{name}"')  # type: ignore[arg-type]
