"""The models of the dbt project as compiled SQL, run by Postgres into a schema of their own, over sources of their own.

Compiled twice, once as of a day that is then replaced by any other, so that a past day costs what its SQL costs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from psycopg import Connection, sql

from shanhai import settings
from shanhai.release.dbt_commands import CANDIDATE_SCHEMA, give_dbt_the_address

# Stands for the day asked for in SQL that was compiled as of it.
_DAY = {"published": "1900-01-01", "loaded": "1900-01-01 00:00:00+00"}


@dataclass(frozen=True)
class Model:
    """A model: its name, its SQL, and the relations that it reads, as dbt writes them."""

    name: str
    code: str
    reads: tuple[str, ...]


@cache
def compiled_inline(code: str) -> str:
    """What dbt makes of a line of SQL with references and macros, such as a hook's."""
    from dbt.cli.main import dbtRunner

    give_dbt_the_address()
    target = str(settings.home() / "dbt" / "target_compiled_None")
    done = dbtRunner().invoke([
        "--quiet", "--log-path", target, "compile", "--inline", code, "--project-dir", str(settings.DBT_PROJECT),
        "--profiles-dir", str(settings.DBT_PROJECT), "--target-path", target, "--vars", "{}",
    ])  # fmt: skip
    assert done.success, done.exception
    database = f'"{settings.warehouse_url("pipeline").database}".'
    return str(done.result.results[0].node.compiled_code).replace(database, "")


@cache
def compiled(clock: str | None, *only: str, full_refresh: bool = True) -> tuple[Model, ...]:
    """Every model, or `only` some, each after what it reads; as of a day by a clock, or without a day.

    Not `full_refresh`: what grows is compiled as it is on top of a table that is there.
    """
    from dbt.cli.main import dbtRunner

    give_dbt_the_address()
    # Whichever copy of the warehouse it was compiled in, it may be run in any other.
    database = f'"{settings.warehouse_url("pipeline").database}".'
    variables = f"{{as_of: '{_DAY[clock]}', as_of_clock: {clock}}}" if clock else "{}"
    # One folder for what differs in nothing that dbt parses: the second time it has parsed already.
    target = str(settings.home() / "dbt" / f"target_compiled_{clock}")
    done = dbtRunner().invoke([
        "--quiet", "--log-path", target, "compile", "--select", *(only or ["resource_type:model"]),
        "--indirect-selection", "empty", *(["--full-refresh"] if full_refresh else []),
        "--project-dir", str(settings.DBT_PROJECT), "--profiles-dir", str(settings.DBT_PROJECT),
        "--target-path", target, "--vars", variables,
    ])  # fmt: skip
    assert done.success, done.exception
    nodes = {each.node.unique_id: each.node for each in done.result.results}
    ordered: dict[str, Model] = {}

    def add(unique_id: str) -> None:
        node = nodes[unique_id]
        if unique_id not in ordered:
            for other in node.depends_on.nodes:
                if other in nodes:
                    add(other)
            ordered[unique_id] = Model(
                node.name, node.compiled_code.replace(database, ""), tuple(node.depends_on.nodes)
            )

    for unique_id in nodes:
        add(unique_id)
    return tuple(ordered.values())


def needed(models: Iterable[Model], wanted: Iterable[str]) -> list[Model]:
    """The models that `wanted` need, in their order."""
    by_id = {f"model.shanhai.{model.name}": model for model in models}
    found: set[str] = set()
    queue = [f"model.shanhai.{name}" for name in wanted]
    while queue:
        unique_id = queue.pop()
        if unique_id in by_id and unique_id not in found:
            found.add(unique_id)
            queue += by_id[unique_id].reads
    return [model for unique_id, model in by_id.items() if unique_id in found]


def build(
    connection: Connection, models: Iterable[Model], schema: str, seeds: str, *, day: tuple[str, str] | None = None,
    sources: Mapping[str, str] | None = None,
) -> None:  # fmt: skip
    """Make every model a table of `schema`, which is emptied before; seeds are read in the schema `seeds`.

    `day` is a clock and the day or moment by it; `sources` a schema to read instead of another.
    """
    connection.execute(sql.SQL("drop schema if exists {} cascade").format(sql.Identifier(schema)))
    connection.execute(sql.SQL("create schema {}").format(sql.Identifier(schema)))
    made: list[str] = []
    for model in models:
        code = readdressed(model.code, [*made], schema, seeds, day=day, sources=sources)
        table = sql.Identifier(schema, model.name)
        connection.execute(sql.SQL("create table {} as (\n{}\n)").format(table, sql.SQL(code)))
        connection.execute(sql.SQL("analyze {}").format(table))
        made.append(model.name)


def readdressed(
    code: str, made: Iterable[str], schema: str, seeds: str, *, day: tuple[str, str] | None = None,
    sources: Mapping[str, str] | None = None,
) -> Any:  # fmt: skip
    """The SQL of a model with its relations found where they are, as of `day`."""
    for name in made:
        code = code.replace(f'"{CANDIDATE_SCHEMA}"."{name}"', f'"{schema}"."{name}"')
    code = code.replace(f'"{CANDIDATE_SCHEMA}".', f'"{seeds}".')
    for name, instead in (sources or {}).items():
        code = code.replace(f'"{name}".', f'"{instead}".')
    if day:
        clock, moment = day
        code = code.replace(_DAY[clock], moment)
    return code


def rows_md5(connection: Connection, schema: str, relation: str, without: Iterable[str] = ()) -> tuple[int, str]:
    """Number and hash of a relation's rows, but for some columns."""
    row = connection.execute(
        sql.SQL(
            "select count(*), coalesce(md5(string_agg(md5((to_jsonb(t) - {}::text[])::text), '' order by "
            "md5((to_jsonb(t) - {}::text[])::text))), '') from {} as t"
        ).format(sql.Literal(list(without)), sql.Literal(list(without)), sql.Identifier(schema, relation))
    ).fetchone()
    assert row is not None
    return int(row[0]), str(row[1])
