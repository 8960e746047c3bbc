"""Connections to the warehouse, as one role; psycopg for bulk, SQLAlchemy for the rest."""

from functools import cache
from typing import Any

import psycopg
from psycopg.abc import Params, QueryNoTemplate
from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.pool import NullPool

from shanhai import settings
from shanhai.settings import Role


@cache
def engine(role: Role = "pipeline") -> Engine:
    """An engine without a pool: verbs are short, and a forked task must not share a connection."""
    made = create_engine(settings.warehouse_url(role), poolclass=NullPool)
    event.listen(made, "do_connect", _name_application)
    return made


def connect(role: Role = "pipeline") -> psycopg.Connection:
    """A psycopg connection for COPY."""
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


def _name_application(_dialect: object, _record: object, _args: object, parameters: dict[str, object]) -> None:
    parameters.setdefault("application_name", "shanhai")
