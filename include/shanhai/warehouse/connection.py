"""Connections to the warehouse, as one role."""

from typing import Any

import psycopg
from psycopg.abc import Params, QueryNoTemplate
from sqlalchemy import URL

from shanhai import settings
from shanhai.settings import Role


def connect(role: Role = "pipeline") -> psycopg.Connection:
    """A connection that commits when its block ends, and rolls back when it ends with an error."""
    return psycopg.connect(libpq_address(settings.warehouse_url(role)), application_name="shanhai")


def scalar(connection: psycopg.Connection, statement: QueryNoTemplate, parameters: Params | None = None) -> Any:
    """The first column of the first row; raises LookupError when there is no row."""
    row = connection.execute(statement, parameters).fetchone()
    if row is None:
        raise LookupError("the statement returned no row")
    return row[0]


def libpq_address(url: URL) -> str:
    """The address in the form that libpq and psql take."""
    return url.set(drivername="postgresql").render_as_string(hide_password=False)
