"""The first two verbs of a load: archive the bytes of an edition, stage its figures in one transaction."""

from collections.abc import Iterable
from dataclasses import dataclass

from psycopg import Connection, Cursor, sql
from psycopg.types.json import Jsonb

from shanhai import archive
from shanhai.documents.catalogue import TableSource
from shanhai.documents.source import Edition
from shanhai.errors import PublicationError
from shanhai.library import Library
from shanhai.provenance import run_context
from shanhai.reading.publication import Row
from shanhai.warehouse.connection import connect, scalar
from shanhai.warehouse.tables import staging_relations


@dataclass(frozen=True)
class EditionKey:
    """Names one edition of one table."""

    table_id: str
    edition: str


def archive_edition(key: EditionKey, library: Library | None = None) -> str:
    """Archive the edition's publication with its origin record; returns the SHA-256 of its bytes.

    Raises PublicationError when the bytes are not those that the document names; they are archived all the same.
    """
    source, edition = _find(key, library or Library.open())
    content = source.file(edition).read_bytes()
    origin = source.origin(edition)
    digest = archive.store(content)
    with connect() as connection:
        connection.execute(
            """
            insert into ops.publications
                (publication_sha256, publisher_id, file_name, carrier, byte_count, origin)
            values (%s, %s, %s, %s, %s, %s) on conflict do nothing
            """,
            (digest, source.publisher_id, edition.file, source.document.carrier, len(content),
             Jsonb(origin.model_dump(mode="json"))),
        )  # fmt: skip
    if digest != edition.sha256:
        problem = f"holds other bytes ({digest}) than the document names; declare them as an edition of their own"
        raise _refused(key, digest, None, PublicationError(key.table_id, key.edition, edition.file, problem))
    return digest


def stage_edition(key: EditionKey, digest: str, library: Library | None = None) -> int:
    """Read the archived edition into its staging relation; returns the load's id.

    Everything or nothing: an edition that does not read leaves a row in `ops.refusals` and no load. An edition that
    was staged already from the same bytes with the same reading is not staged again.
    """
    library = library or Library.open()
    source, edition = _find(key, library)
    reading = library.reading_sha256(source, edition)
    reader = library.reader(source, edition, archive.fetch(digest))
    with connect() as connection:
        staged = connection.execute(
            """
            select load_id from ops.loads
            where (table_id, edition, publication_sha256, reading_sha256) = (%s, %s, %s, %s)
            """,
            (key.table_id, key.edition, digest, reading),
        ).fetchone()
        if staged:
            return int(staged[0])
    try:
        with connect() as connection, connection.cursor() as cursor:
            load_id = int(scalar(connection, "select nextval(pg_get_serial_sequence('ops.loads', 'load_id'))"))
            # Rows first, the load's own row after: its counts are known only then. One transaction holds both.
            cursor.execute("set constraints all deferred")
            copied = _copy(cursor, source.document.relation, load_id, reader.rows())
            if not copied:
                raise PublicationError(key.table_id, key.edition, edition.file, "holds no row that the document reads")
            _insert_load(connection, load_id, source, edition, digest, reading, copied, reader.tally.cells_ignored)
    except PublicationError as error:
        raise _refused(key, digest, reading, error) from error
    return load_id


def load_edition(key: EditionKey, library: Library | None = None) -> int:
    """All three verbs of a load without a scheduler: archive, stage, validate; returns the load's id."""
    from shanhai.validate import validate_load

    load_id = stage_edition(key, archive_edition(key, library), library)
    validate_load(load_id, library)
    return load_id


def _find(key: EditionKey, library: Library) -> tuple[TableSource, Edition]:
    source = library.catalogue.tables[key.table_id]
    return source, source.edition(key.edition)


def _copy(cursor: Cursor, relation: str, load_id: int, rows: Iterable[Row]) -> int:
    columns = [column.name for column in staging_relations[relation].columns]
    statement = sql.SQL("copy staging.{} ({}) from stdin").format(
        sql.Identifier(relation), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    count = 0
    with cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row([load_id, *(row.get(column) for column in columns[1:])])
            count += 1
    return count


def _insert_load(
    connection: Connection, load_id: int, source: TableSource, edition: Edition,
    digest: str, reading: str, rows_staged: int, cells_ignored: int,
) -> None:  # fmt: skip
    values = {
        "load_id": load_id,
        "publisher_id": source.publisher_id,
        "table_id": source.table_id,
        "edition": edition.edition,
        "relation": source.document.relation,
        "publication_sha256": digest,
        "reading_sha256": reading,
        "published_on": edition.published_on or source.origin(edition).published_on,
        "rows_staged": rows_staged,
        "cells_ignored": cells_ignored,
        **run_context(),
    }
    connection.execute(
        sql.SQL("insert into ops.loads ({}) values ({})").format(
            sql.SQL(", ").join(map(sql.Identifier, values)), sql.SQL(", ").join(map(sql.Placeholder, values))
        ),
        values,
    )


def _refused(key: EditionKey, digest: str, reading: str | None, error: PublicationError) -> PublicationError:
    with connect() as connection:
        connection.execute(
            """
            insert into ops.refusals (table_id, edition, publication_sha256, reading_sha256, reason)
            values (%s, %s, %s, %s, %s)
            """,
            (key.table_id, key.edition, digest, reading, str(error)),
        )
    return error
