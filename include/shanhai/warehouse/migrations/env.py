"""Alembic's environment: runs the revisions in the caller's transaction."""

from alembic import context

from shanhai.warehouse.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table="alembic_version",
    version_table_schema="public",
    include_schemas=True,
    transactional_ddl=True,
)
context.run_migrations()
