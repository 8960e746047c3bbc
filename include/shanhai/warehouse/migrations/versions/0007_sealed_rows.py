"""What a release brought, took and changed row by row is sealed in the ledger; earlier issues are explained."""

from pathlib import Path

from alembic import op

from shanhai.warehouse.release_tables import ROW_SEALS, release_row_seals
from shanhai.warehouse.row_seals import SEAL_ALL, VIEWS

revision = "0007"
down_revision = "0006"

_PEOPLE = "shanhai_pipeline, shanhai_engineer, shanhai_auditor"


def upgrade() -> None:
    """Add the seals; releases built before are sealed as they are found."""
    driver = op.get_bind()
    for view, query in VIEWS.items():
        driver.exec_driver_sql(f"create or replace view ops.{view} as {query}".replace("%", "%%"))
        op.execute(f"comment on view ops.{view} is 'Lines that are hashed into ops.{ROW_SEALS} · 封存所据的行'")
        op.execute(f"grant select on ops.{view} to {_PEOPLE}")
    # Where every migration runs at once, the first has made the table already.
    release_row_seals.create(driver, checkfirst=True)
    op.execute(
        f"create or replace trigger refuse_change before update or delete or truncate on ops.{ROW_SEALS}"
        " for each statement execute function ops.refuse_change()"
    )
    op.execute(
        f"create or replace trigger chain_row after insert on ops.{ROW_SEALS}"
        " for each row execute function ops.chain_row()"
    )
    op.execute(f"grant select on ops.{ROW_SEALS} to {_PEOPLE}")
    op.execute(f"grant insert on ops.{ROW_SEALS} to shanhai_pipeline")
    driver.exec_driver_sql(SEAL_ALL.replace("%", "%%"))
    # Receipts lead to earlier issues of an edition too: a warehouse that had the function before has it anew.
    driver.exec_driver_sql(
        (Path(__file__).parents[1] / "sql" / "0004_explain.sql").read_text("utf-8").replace("%", "%%")
    )
