"""The evidence about a load: each row that failed beside its printed cell, and what was accepted for it before."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from psycopg import Connection, sql
from psycopg.rows import class_row, dict_row
from psycopg.types.json import Jsonb

from shanhai import archive
from shanhai.library import Library
from shanhai.reading.edition import EditionReader
from shanhai.settings import Role
from shanhai.warehouse.connection import connect
from shanhai.warehouse.tables import key_columns


class NoSuchLoadError(LookupError):
    """There is no load of this number."""


@dataclass(frozen=True)
class Accepted:
    """What an accepted load of the table says under the same key."""

    load_id: int
    edition: str
    published_on: date | None
    says: str
    locator: str


@dataclass(frozen=True)
class Failure:
    """A failing row: the rule it breaks, its key, where and how it is printed, and its history, newest first."""

    expectation_id: str
    severity: str
    rule_en: str
    rule_zh: str
    keys: dict[str, Any]
    locator: str | None
    printed: str | None
    found: dict[str, Any]
    waiver_id: int | None
    history: list[Accepted]


def failures(load_id: int, library: Library | None = None, limit: int = 20, role: Role = "pipeline") -> list[Failure]:
    """The first failing rows of the load's last verdict, with the printed text read anew from the archived bytes.

    Raises ArchiveError when the bytes are missing or altered, NoSuchLoadError when there is no such load.
    """
    library = library or Library.open()
    with connect(role) as connection, connection.cursor(row_factory=dict_row) as cursor:
        load = cursor.execute("select * from ops.loads where load_id = %s", (load_id,)).fetchone()
        if load is None:
            raise NoSuchLoadError(f"there is no load {load_id} · 无此装载")
        reader = _reader(load, library)
        rows = cursor.execute(
            """
            select failing_rows.*, entry ->> 'severity' as severity, entry -> 'why' as why
            from ops.load_standing
            inner join ops.failing_rows using (verdict_id)
            inner join ops.verdicts using (verdict_id)
            cross join jsonb_array_elements(verdicts.results) as entry
            where load_standing.load_id = %s and entry ->> 'id' = failing_rows.expectation_id
            order by (entry ->> 'severity' <> 'error'), expectation_id, failing_number limit %s
            """,
            (load_id, limit),
        ).fetchall()
        return [
            Failure(
                expectation_id=row["expectation_id"],
                severity=row["severity"],
                rule_en=row["why"]["en"],
                rule_zh=row["why"]["zh"],
                keys=row["keys"],
                locator=row["locator"],
                printed=_printed(reader, row["locator"]),
                found=row["found"],
                waiver_id=row["waiver_id"],
                history=list(_history(connection, load, row["keys"])) if row["row_number"] else [],
            )
            for row in rows
        ]


def objections(load_id: int, role: Role = "pipeline") -> str:
    """The reason of the load's last verdict; there may be one although no row is to blame."""
    with connect(role) as connection:
        row = connection.execute("select reason from ops.load_standing where load_id = %s", (load_id,)).fetchone()
    if row is None:
        raise NoSuchLoadError(f"there is no load {load_id} · 无此装载")
    return str(row[0])


def _reader(load: dict[str, Any], library: Library) -> EditionReader | None:
    """A reader of the archived bytes as the present document reads them; None when the table is documented no more."""
    source = library.catalogue.tables.get(load["table_id"])
    if source is None:
        return None
    edition = source.issue_of(load["edition"], load["publication_sha256"])
    return library.reader(source, edition, archive.fetch(load["publication_sha256"]))


def _printed(reader: EditionReader | None, locator: str | None) -> str | None:
    """What the publication prints there; None where no single place is meant or the document has moved on."""
    if reader is None or locator is None:
        return None
    try:
        return reader.printed_at(locator)
    except (KeyError, ValueError):
        return None


def _history(connection: Connection, load: dict[str, Any], keys: dict[str, Any]) -> Iterator[Accepted]:
    names = key_columns(load["relation"])
    same = sql.SQL(" and ").join(
        sql.SQL("to_jsonb(staged.{}) is not distinct from nullif(%s::jsonb, 'null'::jsonb)").format(
            sql.Identifier(name)
        )
        for name in names
    )
    statement = sql.SQL("""
    select accepted.load_id, accepted.edition, accepted.published_on,
        coalesce(
            concat_ws(' ', to_jsonb(staged) ->> 'printed', to_jsonb(staged) ->> 'unit_printed',
                nullif(to_jsonb(staged) ->> 'estimate_round', '_Z')),
            ''
        ) as says,
        staged.locator
    from ops.accepted_loads as accepted
    inner join staging.{} as staged using (load_id)
    where accepted.table_id = %s and accepted.load_id <> %s and {}
    order by accepted.published_on desc nulls last, accepted.load_id desc limit 10
    """).format(sql.Identifier(load["relation"]), same)
    values = [load["table_id"], load["load_id"], *(Jsonb(keys.get(name)) for name in names)]
    with connection.cursor(row_factory=class_row(Accepted)) as cursor:
        yield from cursor.execute(statement, values)
