"""The first two verbs of a load: archive the bytes of an edition, stage its figures in one transaction."""

from dataclasses import dataclass
from typing import Any

from psycopg import Connection, Cursor, sql
from psycopg.types.json import Jsonb

from shanhai import archive
from shanhai.difference import difference, summary
from shanhai.documents.catalogue import TableSource, sha256_of
from shanhai.documents.source import Edition
from shanhai.errors import PublicationError
from shanhai.grammar.periods import last_day_of
from shanhai.library import Library
from shanhai.provenance import run_context
from shanhai.reading.edition import EditionReader
from shanhai.reading.figure_blocks import FigureBlock
from shanhai.warehouse.connection import connect, scalar
from shanhai.warehouse.copy_text import copy_lines
from shanhai.warehouse.tables import staging_relations


@dataclass(frozen=True)
class EditionKey:
    """Names one edition of one table; `issue` tells apart the bytes that its publisher put out under that name."""

    table_id: str
    edition: str
    issue: int = 1


def archive_edition(key: EditionKey, library: Library | None = None) -> str:
    """Archive the edition's publication with its origin record; returns the SHA-256 of its bytes.

    Raises PublicationError when the bytes are not those that the document names; they are archived all the same, and
    the error tells which figures differ from the edition as it was loaded.
    """
    library = library or Library.open()
    source, edition = _find(key, library)
    content = source.file(edition).read_bytes()
    origin = source.origin(edition).model_dump(mode="json")
    digest = archive.store(content, {"file_name": edition.file, **origin})
    with connect() as connection:
        connection.execute(
            """
            insert into ops.publications
                (publication_sha256, publisher_id, file_name, carrier, byte_count, origin)
            values (%s, %s, %s, %s, %s, %s) on conflict do nothing
            """,
            (digest, source.publisher_id, edition.file, source.document.carrier, len(content), Jsonb(origin)),
        )
    if digest != edition.sha256:
        problem = (
            f"holds other bytes ({digest}) than the document names; if the publisher replaced the edition, declare "
            f"them as its issue {edition.issue + 1}. {_difference_of_undeclared(key, content, library)}"
        )
        raise _refused(key, digest, None, PublicationError(key.table_id, key.edition, edition.file, problem))
    return digest


def stage_edition(key: EditionKey, digest: str, library: Library | None = None) -> int:
    """Read the archived edition into its staging relation; returns the load's id.

    Everything or nothing: an edition that does not read leaves a row in `ops.refusals` and no load, and so does one
    that is said to be published after today, which may be tried again. An edition that was staged already from the
    same bytes with the same reading is not staged again.
    """
    library = library or Library.open()
    source, edition = _find(key, library)
    _refuse_future(key, digest, source, edition)
    reading = library.reading_sha256(source, edition)
    reader = library.reader(source, edition, archive.fetch(digest))
    try:
        with connect() as connection, connection.cursor() as cursor:
            # Two who stage one edition at once come one after the other, and the second finds the load of the first.
            cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"{key.table_id}/{key.edition}",))
            staged = cursor.execute(
                """
                select load_id from ops.loads
                where (table_id, edition, publication_sha256, reading_sha256) = (%s, %s, %s, %s)
                """,
                (key.table_id, key.edition, digest, reading),
            ).fetchone()
            if staged:
                return int(staged[0])
            load_id = int(scalar(connection, "select nextval(pg_get_serial_sequence('ops.loads', 'load_id'))"))
            # Rows first, the load's own row after: its counts are known only then. One transaction holds both.
            cursor.execute("set constraints all deferred")
            copied = _copy(cursor, source.document.relation, load_id, reader)
            if not copied:
                raise PublicationError(key.table_id, key.edition, edition.file, "holds no row that the document reads")
            read = {"publication_sha256": digest, "reading_sha256": reading}
            counts = {
                "rows_read": reader.tally.rows,
                "rows_refused": reader.tally.rows - copied,
                "rows_staged": copied,
                "cells_ignored": reader.tally.cells_ignored,
            }
            _insert_load(connection, load_id, source, edition, {**counts, **read})
    except PublicationError as error:
        raise _refused(key, digest, reading, error, reader.tally.rows) from error
    return load_id


def load_edition(key: EditionKey, library: Library | None = None) -> int:
    """All three verbs of a load without a scheduler: archive, stage, validate; returns the load's id."""
    from shanhai.validate import validate_load

    load_id = stage_edition(key, archive_edition(key, library), library)
    validate_load(load_id, library)
    return load_id


def _find(key: EditionKey, library: Library) -> tuple[TableSource, Edition]:
    source = library.catalogue.tables[key.table_id]
    return source, source.edition(key.edition, key.issue)


def _refuse_future(key: EditionKey, digest: str, source: TableSource, edition: Edition) -> None:
    """Raise PublicationError for a day of publication after today, by the clock of the server and the day of China."""
    published_on = edition.published_on or source.origin(edition).published_on
    if published_on is None:
        return
    with connect() as connection:
        today = scalar(connection, "select (clock_timestamp() at time zone 'Asia/Shanghai')::date")
    if published_on > today:
        place = source.path.name if edition.published_on else f"{edition.file}.origin.yml"
        problem = f"published_on is {published_on}, and the server's clock says {today} · 发布日晚于服务器日期"
        # No reading is named: neither the bytes nor their reading are wrong, so the edition stays pending.
        raise _refused(key, digest, None, PublicationError(key.table_id, key.edition, place, problem))


def _copy(cursor: Cursor, relation: str, load_id: int, reader: EditionReader) -> int:
    columns = [column.name for column in staging_relations[relation].columns]
    statement = sql.SQL("copy staging.{} ({}) from stdin").format(
        sql.Identifier(relation), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with cursor.copy(statement) as copy:
        for number, part in reader.parts():
            if isinstance(part, FigureBlock):
                copy.write(block_lines(part, number, load_id, columns))
            else:
                row = {**part, "load_id": load_id, "row_number": number}
                copy.write_row([row.get(column) for column in columns])
    # What Postgres counted, to be held against what the reader counted.
    return cursor.rowcount


def block_lines(block: FigureBlock, number: int, load_id: int, columns: list[str]) -> str:
    """The rows of a block, the first of that number, as COPY reads them into `columns`."""
    return "".join(
        line
        for each in block.numbered(number)
        for line in copy_lines(columns, {**each.alike, "load_id": load_id}, each.own)
    )


def _insert_load(
    connection: Connection, load_id: int, source: TableSource, edition: Edition, counted: dict[str, object]
) -> None:
    relation = source.document.relation
    before = _last_load(connection, EditionKey(source.table_id, edition.edition, edition.issue))
    values = {
        "load_id": load_id,
        "publisher_id": source.publisher_id,
        "table_id": source.table_id,
        "edition": edition.edition,
        "issue": edition.issue,
        "relation": relation,
        "document_sha256": sha256_of(source.path),
        "period_end": last_day_of(edition.period or source.document.period),
        "published_on": edition.published_on or source.origin(edition).published_on,
        "control_totals": Jsonb(_control_totals(connection, relation, load_id)),
        "supersedes_load_id": before,
        "difference": Jsonb(difference(connection, relation, before, load_id)) if before is not None else None,
        **counted,
        **run_context(),
    }
    connection.execute(
        sql.SQL("insert into ops.loads ({}) values ({})").format(
            sql.SQL(", ").join(map(sql.Identifier, values)), sql.SQL(", ").join(map(sql.Placeholder, values))
        ),
        values,
    )


def _last_load(connection: Connection, key: EditionKey) -> int | None:
    """The last load of this issue of the edition or of an earlier one."""
    row = connection.execute(
        """
        select load_id from ops.loads where (table_id, edition) = (%s, %s) and coalesce(issue, 1) <= %s
        order by coalesce(issue, 1) desc, load_id desc limit 1
        """,
        (key.table_id, key.edition, key.issue),
    ).fetchone()
    return int(row[0]) if row else None


def _control_totals(connection: Connection, relation: str, load_id: int) -> list[dict[str, Any]]:
    """Rows and exact sum of each indicator in each unit, as Postgres holds them; of a register, its rows."""
    if relation == "observations":
        query: sql.SQL | sql.Composed = sql.SQL("""
        select indicator_code, unit_measure, count(*), sum(value)::text from staging.observations
        where load_id = %s group by 1, 2 order by 1, 2
        """)
    else:
        query = sql.SQL("select null, null, count(*), null from staging.{} where load_id = %s").format(
            sql.Identifier(relation)
        )
    names = ("indicator_code", "unit_measure", "rows", "sum")
    return [dict(zip(names, row, strict=True)) for row in connection.execute(query, (load_id,))]


def _difference_of_undeclared(key: EditionKey, content: bytes, library: Library) -> str:
    """Which figures the bytes would change, read as the document reads the declared ones; nothing of them is staged."""
    source, edition = _find(key, library)
    with connect() as connection:
        before = _last_load(connection, key)
        if before is None:
            return "The edition was never loaded before · 此前未装载过该版次"
        relation = source.document.relation
        try:
            load_id = int(scalar(connection, "select nextval(pg_get_serial_sequence('ops.loads', 'load_id'))"))
            cursor = connection.cursor()
            cursor.execute("set constraints all deferred")
            _copy(cursor, relation, load_id, library.reader(source, edition, content))
            found = summary(difference(connection, relation, before, load_id))
        except PublicationError as error:
            found = f"they do not read: {error.place}: {error.problem}"
        finally:
            connection.rollback()
    return f"Against load {before}: {found}"


def _refused(
    key: EditionKey, digest: str, reading: str | None, error: PublicationError, rows_read: int | None = None
) -> PublicationError:
    with connect() as connection:
        connection.execute(
            """
            insert into ops.refusals (table_id, edition, issue, publication_sha256, reading_sha256, reason, rows_read)
            values (%s, %s, %s, %s, %s, %s, %s)
            """,
            (key.table_id, key.edition, key.issue, digest, reading, str(error), rows_read),
        )
    return error
