"""Marts as of a past day: the whole project built from what was known, or published, by then; aside, never promoted."""

import getpass
import re
from dataclasses import dataclass
from datetime import datetime

from psycopg import Connection, sql
from psycopg.types.json import Jsonb

from shanhai.release import dbt_build
from shanhai.release.candidate import alone, loads_read, project_sha256, start_anew
from shanhai.release.content import content_of
from shanhai.release.dbt_commands import CANDIDATE_SCHEMA, AsOf, BuildError
from shanhai.warehouse.connection import connect

_READERS = sql.SQL("shanhai_reader, shanhai_auditor, shanhai_engineer")
_PRESENT = """
select distinct on (view_schema) view_schema, as_of, clock, done_at, action, load_ids, project_sha256, relations
from ops.as_of_schemas order by view_schema, as_of_id desc
"""


class NoSuchDayError(RuntimeError):
    """There is no schema of that name to drop, or nothing to build by that day."""


@dataclass(frozen=True)
class PastSchema:
    """A schema of views that shows the marts as of `as_of` by `clock`."""

    view_schema: str
    as_of: str
    clock: str
    built_at: datetime


def build_as_of(moment: str, clock: str = "loaded", only: tuple[str, ...] = ()) -> str:
    """Build every model as of a day (2023-06-30) or a moment with its zone; returns the schema that readers may read.

    `loaded` is what this warehouse had accepted by then; `published` what publishers had said by then, whenever it came
    here. The same day by the same clock is built anew in place of what was there. With `only`, these relations and what
    they read are built, and no others.
    """
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}([T ].+)?", moment):
        raise BuildError(f"{moment!r} is neither a day like 2023-06-30 nor a moment")
    datetime.fromisoformat(moment)
    view_schema = f"marts_as_of_{re.sub(r'[^0-9]', '', moment)}" + ("_published" if clock == "published" else "")
    tables = view_schema.removeprefix("marts_")
    as_of = AsOf(moment, clock)
    with connect() as connection, alone(connection):
        start_anew(connection)
        project = dbt_build.parse(as_of)
        dbt_build.build_models(project, only, as_of)
        loads = loads_read(connection, CANDIDATE_SCHEMA)
        if not loads:
            raise NoSuchDayError(f"nothing was {clock} by {moment}")
        shown = [name for name in project.promoted if not only or name in only]
        relations = content_of(connection, CANDIDATE_SCHEMA, shown)
        for schema in (view_schema, tables):
            connection.execute(sql.SQL("drop schema if exists {} cascade").format(sql.Identifier(schema)))
        connection.execute(
            sql.SQL("alter schema {} rename to {}").format(sql.Identifier(CANDIDATE_SCHEMA), sql.Identifier(tables))
        )
        _show(connection, view_schema, tables, shown, as_of)
        connection.execute(
            """
            insert into ops.as_of_schemas
                (action, view_schema, as_of, clock, load_ids, project_sha256, relations, done_by)
            values ('build', %s, %s, %s, %s, %s, %s, %s)
            """,
            (view_schema, moment, clock, loads, project_sha256(), Jsonb(relations), getpass.getuser()),
        )
        connection.commit()
    return view_schema


def past_schemas() -> list[PastSchema]:
    """The schemas that are there, by name."""
    with connect() as connection:
        rows = connection.execute(_PRESENT).fetchall()
    return [PastSchema(row[0], row[1], row[2], row[3]) for row in rows if row[4] == "build"]


def drop_as_of(view_schema: str) -> None:
    """Drop a schema of a past day with its tables; the ledger keeps that it was there. Raises NoSuchDayError."""
    with connect() as connection, alone(connection):
        found = {row[0]: row for row in connection.execute(_PRESENT) if row[4] == "build"}.get(view_schema)
        if found is None:
            raise NoSuchDayError(f"there is no schema {view_schema}")
        for schema in (view_schema, view_schema.removeprefix("marts_")):
            connection.execute(sql.SQL("drop schema if exists {} cascade").format(sql.Identifier(schema)))
        connection.execute(
            """
            insert into ops.as_of_schemas
                (action, view_schema, as_of, clock, load_ids, project_sha256, relations, done_by)
            values ('drop', %s, %s, %s, %s, %s, %s, %s)
            """,
            (view_schema, found[1], found[2], found[5], found[6], Jsonb(found[7]), getpass.getuser()),
        )
        connection.commit()


def _show(connection: Connection, view_schema: str, tables: str, relations: list[str], as_of: AsOf) -> None:
    schema = sql.Identifier(view_schema)
    connection.execute(sql.SQL("create schema {}").format(schema))
    text = f"Marts as of {as_of.moment}, by what was {as_of.clock}; built without tests · 截至该时点的集市，未经检验"
    connection.execute(sql.SQL("comment on schema {} is {}").format(schema, sql.Literal(text)))
    connection.execute(sql.SQL("grant usage on schema {} to {}").format(schema, _READERS))
    for relation in relations:
        view = sql.Identifier(view_schema, relation)
        connection.execute(sql.SQL("create view {} as select * from {}").format(view, sql.Identifier(tables, relation)))
        connection.execute(sql.SQL("grant select on {} to {}").format(view, _READERS))
