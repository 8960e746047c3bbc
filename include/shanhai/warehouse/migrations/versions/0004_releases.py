"""What a release is signed with, what it changed, what readers saw on a past day, and how a cell is explained."""

from pathlib import Path

from alembic import op

from shanhai.warehouse.release_tables import CHAINED_RELEASE_TABLES, RELEASE_TABLES
from shanhai.warehouse.tables import metadata

revision = "0004"
down_revision = "0003"

_SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    """Add the relations, sealed and never changed, and the function `audit.explain`."""
    metadata.create_all(op.get_bind(), tables=list(RELEASE_TABLES))
    for table in RELEASE_TABLES:
        op.execute(
            f"create or replace trigger refuse_change before update or delete or truncate on ops.{table.name}"
            " for each statement execute function ops.refuse_change()"
        )
        op.execute(f"grant select on ops.{table.name} to shanhai_pipeline, shanhai_engineer, shanhai_auditor")
        op.execute(f"grant insert on ops.{table.name} to shanhai_pipeline")
    op.execute("grant usage on all sequences in schema ops to shanhai_pipeline")
    for name in CHAINED_RELEASE_TABLES:
        op.execute(
            f"create or replace trigger chain_row after insert on ops.{name}"
            " for each row execute function ops.chain_row()"
        )
    driver = op.get_bind()
    driver.exec_driver_sql("create schema if not exists audit")
    driver.exec_driver_sql((_SQL / "0004_explain.sql").read_text("utf-8").replace("%", "%%"))
    op.execute("grant usage on schema audit to shanhai_pipeline, shanhai_engineer, shanhai_auditor")
