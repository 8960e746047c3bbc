"""A release whose tables a test has altered, sealed as it is now under a number of its own."""

from psycopg import sql
from psycopg.types.json import Jsonb

from shanhai.release.content import Seal, content_of, write_seal
from shanhai.warehouse.connection import connect, scalar


def sealed_again(release_id: int) -> int:
    """Make another release of the same tables, as honest as if it had been built so; returns its id."""
    with connect() as connection:
        new = int(scalar(connection, "select nextval(pg_get_serial_sequence('ops.releases', 'release_id'))"))
        row = connection.execute(
            "select schema_name, relations from ops.releases where release_id = %s", (release_id,)
        ).fetchone()
        assert row is not None
        schema, relations = row
        name = f"release_{new}"
        connection.execute(sql.SQL("alter schema {} rename to {}").format(sql.Identifier(schema), sql.Identifier(name)))
        content = content_of(connection, name, relations)
        connection.execute(
            """
            insert into ops.releases (release_id, schema_name, load_ids, project_sha256, tests_declared, tests_run,
                tests_failed, relations)
            select %s, %s, load_ids, project_sha256, tests_declared, tests_run, tests_failed, %s
            from ops.releases where release_id = %s
            """,
            (new, name, Jsonb(content), release_id),
        )
        write_seal(connection, new, Seal(None, content, {}, {}))
    return new
