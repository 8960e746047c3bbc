"""The warehouse's accounts: one that loads and builds, three for people. Least privilege each.

The account that migrates owns schemas and relations; nobody else may update or delete.
"""

from psycopg import sql
from sqlalchemy import Connection, text

from shanhai import settings
from shanhai.settings import Role

LOGIN_ROLES: tuple[Role, ...] = ("pipeline", "engineer", "auditor", "reader")


def ensure_roles(connection: Connection) -> None:
    """Create the accounts that are missing, give each its known password, and let nobody else into the database."""
    for role in LOGIN_ROLES:
        name = settings.role_name(role)
        if not _scalar(connection, "select count(*) from pg_roles where rolname = :name", name=name):
            _run(connection, sql.SQL("create role {} login").format(sql.Identifier(name)))
        # Sent as a SCRAM verifier, never as a password: a statement may be logged.
        # SQLAlchemy types the driver's connection as optional; this one is psycopg's and open.
        driver = connection.connection.driver_connection
        verifier = driver.pgconn.encrypt_password(  # type: ignore[union-attr]
            settings.ensure_role_password(role).encode(), name.encode(), b"scram-sha-256"
        )
        _run(
            connection,
            sql.SQL("alter role {} password {}").format(sql.Identifier(name), sql.Literal(verifier.decode())),
        )
    # A transaction sees one release from its first statement to its last, even when another is promoted meanwhile.
    for person in ("shanhai_reader", "shanhai_auditor"):
        _run(
            connection,
            sql.SQL("alter role {} set default_transaction_isolation to 'repeatable read'").format(
                sql.Identifier(person)
            ),
        )
    # A statement whose client was killed ends with it and does not hold its locks to its own end. A server on Linux can
    # tell that a client is gone; others refuse the setting.
    if "linux" in _scalar(connection, "select version()"):
        for role in LOGIN_ROLES:
            _run(
                connection,
                sql.SQL("alter role {} set client_connection_check_interval to '5s'").format(
                    sql.Identifier(settings.role_name(role))
                ),
            )
    database = sql.Identifier(_scalar(connection, "select current_database()"))
    accounts = sql.SQL(", ").join(sql.Identifier(settings.role_name(role)) for role in LOGIN_ROLES)
    _run(connection, sql.SQL("revoke all on database {} from public").format(database))
    _run(connection, sql.SQL("grant connect on database {} to {}").format(database, accounts))
    _run(connection, sql.SQL("grant create, temporary on database {} to shanhai_pipeline").format(database))
    # An engineer may do by hand what the pipeline does.
    _run(connection, sql.SQL("grant shanhai_pipeline to shanhai_engineer"))


def _scalar(connection: Connection, statement: str, **parameters: object) -> str:
    return connection.execute(text(statement), parameters).scalar_one()


def _run(connection: Connection, statement: sql.Composable) -> None:
    driver = connection.connection.driver_connection
    connection.exec_driver_sql(statement.as_string(driver).replace("%", "%%"))
