"""What the gate, the quarantine, the calendar and sign-offs write, and the views that say where things stand."""

from pathlib import Path

from alembic import op
from sqlalchemy import Table

from shanhai.warehouse.gate_tables import CHAINED_GATE_TABLES, GATE_TABLES
from shanhai.warehouse.tables import loads, metadata, refusals, verdicts

revision = "0003"
down_revision = "0002"

_SQL = Path(__file__).parents[1] / "sql"
# A fresh warehouse has these columns from its first revision on; an older one gets them here.
_ADDED: dict[Table, tuple[str, ...]] = {
    loads: ("issue", "period_end", "rows_read", "rows_refused", "control_totals", "document_sha256", "lock_sha256",
            "supersedes_load_id", "difference"),
    verdicts: ("warnings", "warnings_count", "waivers_count"),
    refusals: ("issue", "rows_read"),
}  # fmt: skip

# Whoever loaded something cannot be the one who lets it pass.
_REFUSE_OWN_APPROVAL = """
create or replace function ops.refuse_own_approval() returns trigger
language plpgsql set search_path = pg_catalog as $function$
begin
    if new.action = 'accept' and exists (
        select from ops.loads where loads.load_id = new.load_id and loads.loaded_by = new.decided_by
    ) then
        raise exception 'load %% was loaded by %%, who cannot approve it', new.load_id, new.decided_by
            using errcode = 'insufficient_privilege';
    end if;
    return new;
end
$function$
"""

# As in 0002, and no entry is dated before the one before it, though the machine's clock be set back.
_APPEND = """
create or replace function ops.append_to_ledger(event text, content text) returns void
language plpgsql security definer set search_path = pg_catalog as $function$
declare
    last ops.ledger%%rowtype;
    entry ops.ledger%%rowtype;
begin
    perform pg_advisory_xact_lock(826331003);
    select * into last from ops.ledger order by position desc limit 1;
    entry.position := coalesce(last.position, 0) + 1;
    entry.happened_at := greatest(clock_timestamp(), last.happened_at);
    entry.actor := session_user;
    entry.event := append_to_ledger.event;
    entry.content := append_to_ledger.content;
    entry.previous_sha256 := coalesce(last.entry_sha256, repeat('0', 64));
    entry.entry_sha256 := ops.entry_sha256(entry);
    insert into ops.ledger select entry.*;
end
$function$
"""

_VIEWS = {
    "accepted_loads": "Loads whose last verdict accepted them, with warnings and waivers · 已接受的装载",
    "load_standing": "Every load: accepted, quarantined, rejected or superseded · 每次装载的状态",
    "quarantine": "Loads that wait for a decision, with owner and clock · 隔离中的装载",
    "source_standing": "What each table stands on, and whether a newer load waits in quarantine · 各表所据",
    "waiver_standing": "Every waiver, whether it has expired and whether something still rests on it · 豁免状态",
    "gate_coverage": "Share of declared expectations and tests that ran for the release readers see · 校验覆盖率",
    "completeness": "What was due and what became of it, as of today · 完整性",
}


def upgrade() -> None:
    """Add relations, columns, guards and views; what was written stays as it was."""
    for table, names in _ADDED.items():
        for name in names:
            kind = table.columns[name].type.compile(op.get_bind().dialect)
            op.execute(f"alter table ops.{table.name} add column if not exists {name} {kind}")
            comment = (table.columns[name].comment or "").replace("'", "''")
            op.execute(f"comment on column ops.{table.name}.{name} is '{comment}'")
    metadata.create_all(op.get_bind(), tables=list(GATE_TABLES))
    for table in GATE_TABLES:
        op.execute(
            f"create or replace trigger refuse_change before update or delete or truncate on ops.{table.name}"
            " for each statement execute function ops.refuse_change()"
        )
    for name in CHAINED_GATE_TABLES:
        op.execute(
            f"create or replace trigger chain_row after insert on ops.{name}"
            " for each row execute function ops.chain_row()"
        )
    driver = op.get_bind()
    driver.exec_driver_sql(_APPEND)
    driver.exec_driver_sql(_REFUSE_OWN_APPROVAL)
    op.execute(
        "create or replace trigger refuse_own_approval before insert on ops.decisions"
        " for each row execute function ops.refuse_own_approval()"
    )
    for file in ("0003_standing.sql", "0003_completeness.sql"):
        driver.exec_driver_sql((_SQL / file).read_text("utf-8").replace("%", "%%"))
    for view, comment in _VIEWS.items():
        op.execute(f"comment on view ops.{view} is '{comment}'")
    for name in (*(table.name for table in GATE_TABLES), *_VIEWS):
        op.execute(f"grant select on ops.{name} to shanhai_pipeline, shanhai_engineer, shanhai_auditor")
    for table in GATE_TABLES:
        op.execute(f"grant insert on ops.{table.name} to shanhai_pipeline")
    op.execute("grant insert on ops.sign_offs to shanhai_auditor")
