"""The ledger: every row of ops is chained by hash as it is written, and nothing of ops or staging is changed after."""

from alembic import op

revision = "0002"
down_revision = "0001"

CHAINED = ("publications", "loads", "verdicts", "refusals", "releases", "promotions")

_LEDGER = """
create table ops.ledger (
    position bigint primary key,
    happened_at timestamptz not null,
    actor text not null,
    event text not null,
    content text not null,
    previous_sha256 text not null,
    entry_sha256 text not null unique
)
"""

# Runs with the owner's rights, so that nobody needs, or has, the right to write the ledger. One entry at a time: the
# lock is held to the end of the transaction, so the entry before is always a committed one.
_APPEND = """
create function ops.append_to_ledger(event text, content text) returns void
language plpgsql security definer set search_path = pg_catalog as $function$
declare
    last ops.ledger%%rowtype;
    entry ops.ledger%%rowtype;
begin
    perform pg_advisory_xact_lock(826331003);
    select * into last from ops.ledger order by position desc limit 1;
    entry.position := coalesce(last.position, 0) + 1;
    entry.happened_at := clock_timestamp();
    entry.actor := session_user;
    entry.event := append_to_ledger.event;
    entry.content := append_to_ledger.content;
    entry.previous_sha256 := coalesce(last.entry_sha256, repeat('0', 64));
    entry.entry_sha256 := ops.entry_sha256(entry);
    insert into ops.ledger select entry.*;
end
$function$
"""

_CHAIN = """
create function ops.chain_row() returns trigger
language plpgsql security definer set search_path = pg_catalog as $function$
begin
    perform ops.append_to_ledger(tg_table_name, to_jsonb(new)::text);
    return null;
end
$function$
"""

# The bytes that are hashed: the entry's parts, each on its own line, in UTF-8; the moment in UTC with microseconds.
_HASH = """
create function ops.entry_sha256(entry ops.ledger) returns text
language sql stable set search_path = pg_catalog as $function$
    select encode(
        sha256(
            convert_to(
                concat_ws(
                    chr(10),
                    entry.position,
                    to_char(entry.happened_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
                    entry.actor,
                    entry.event,
                    entry.content,
                    entry.previous_sha256
                ),
                'UTF8'
            )
        ),
        'hex'
    )
$function$
"""

_REFUSE = """
create function ops.refuse_change() returns trigger
language plpgsql as $function$
begin
    raise exception 'what was written to %%.%% is never changed or removed', tg_table_schema, tg_table_name
        using errcode = 'insufficient_privilege';
end
$function$
"""


def upgrade() -> None:
    """Chain what is written from here on; refuse changes to everybody, the owner too."""
    for statement in (_LEDGER, _HASH, _APPEND, _CHAIN, _REFUSE):
        op.get_bind().exec_driver_sql(statement)
    op.execute(
        "comment on table ops.ledger is 'Every row of ops in order, each entry sealed with the one before · 链式台账'"
    )
    op.execute("revoke all on function ops.append_to_ledger(text, text), ops.chain_row() from public")
    op.execute("grant select on ops.ledger to shanhai_pipeline, shanhai_engineer, shanhai_auditor")
    for table in CHAINED:
        # What was written before there was a ledger is chained first, table by table. Names are of the tuple above.
        chain = f"select ops.append_to_ledger('{table}', to_jsonb(written)::text) from ops.{table} as written"  # noqa: S608
        op.execute(chain)
        op.execute(
            f"create trigger chain_row after insert on ops.{table} for each row execute function ops.chain_row()"
        )
    written = op.get_bind().exec_driver_sql(
        "select schemaname, tablename from pg_tables where schemaname in ('ops', 'staging')"
    )
    for schema, relation in written.fetchall():
        op.execute(
            f"create trigger refuse_change before update or delete or truncate on {schema}.{relation}"
            " for each statement execute function ops.refuse_change()"
        )
