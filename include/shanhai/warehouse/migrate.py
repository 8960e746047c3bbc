"""Brings the warehouse to the schema of this code: schemas, roles, relations, grants. Run as the owner."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, create_engine, text

from shanhai import settings
from shanhai.warehouse.roles import ensure_roles

_SCRIPTS = Path(__file__).parent / "migrations"
# Two migrations at once would race for the same objects; the number is this project's own.
_LOCK = 826_331_000


def upgrade(url: URL | None = None) -> bool:
    """Upgrade to the newest revision; returns whether anything had to be done."""
    engine = create_engine(url or settings.warehouse_url("owner"))
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    newest = ScriptDirectory.from_config(config).get_current_head()
    try:
        with engine.begin() as connection:
            connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            ensure_roles(connection)
            options = {"version_table": "alembic_version", "version_table_schema": "public"}
            if MigrationContext.configure(connection, opts=options).get_current_revision() == newest:
                return False
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
        return True
    finally:
        # Nothing may stay connected: a database in use cannot be copied or dropped.
        engine.dispose()
