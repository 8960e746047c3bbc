"""The texts that an audit was performed by, and which findings each run met: an old report never changes."""

from alembic import op

revision = "0008"
down_revision = "0007"

_TABLES = {
    "document": (
        "Texts of checks and registers that runs were performed by, by their hash · 审计所依据的文本，以哈希为名",
        """
        sha256 text primary key,
        path text not null,
        body text not null,
        check (sha256 = encode(sha256(convert_to(body, 'UTF8')), 'hex'))
        """,
    ),
    "run_finding": (
        "Which findings a run met; the same break of a later quarter is the same finding · 各次运行所遇事项",
        """
        run_id bigint not null references audit.run,
        finding_id bigint not null references audit.finding,
        primary key (run_id, finding_id)
        """,
    ),
}


def upgrade() -> None:
    """Add two relations, sealed and never changed, and what each run of the audit was performed by."""
    connection = op.get_bind()
    for table, (comment, columns) in _TABLES.items():
        connection.exec_driver_sql(f"create table audit.{table} ({columns})")
        connection.exec_driver_sql(f"comment on table audit.{table} is '{comment}'")
        connection.exec_driver_sql(
            f"create trigger chain_row after insert on audit.{table} for each row execute function audit.chain_row()"
        )
        connection.exec_driver_sql(
            f"create trigger refuse_change before update or delete or truncate on audit.{table}"
            " for each statement execute function ops.refuse_change()"
        )
        connection.exec_driver_sql(
            f"grant select on audit.{table} to shanhai_pipeline, shanhai_engineer, shanhai_auditor"
        )
        connection.exec_driver_sql(f"grant insert on audit.{table} to shanhai_pipeline")
    # Empty in the rows of earlier runs, whose seal is over what they had.
    connection.exec_driver_sql("alter table audit.run add column documents jsonb")
    connection.exec_driver_sql(
        "comment on column audit.run.documents is 'Path of every text of the run, with its hash · 本次运行所依据的文本'"
    )
