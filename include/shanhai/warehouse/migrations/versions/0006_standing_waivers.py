"""Waivers that documents grant stand in the ledger beside those that decisions grant."""

from alembic import op

from shanhai.warehouse.gate_tables import waivers

revision = "0006"
down_revision = "0005"

_STANDING = """
create view ops.waiver_standing as
select
    waivers.waiver_id,
    waivers.decision_id,
    waivers.table_id,
    waivers.expectation_id,
    waivers.keys,
    waivers.owner,
    waivers.reason,
    waivers.expires_on,
    waivers.granted_by,
    waivers.granted_at,
    waivers.document,
    waivers.document_sha256,
    waivers.name,
    waivers.expires_on < current_date as is_expired,
    resting.load_ids,
    -- Only an expired waiver on which an accepted load still rests is red.
    waivers.expires_on < current_date and resting.load_ids <> '{}' as is_red
from ops.waivers
cross join lateral (
    select coalesce(array_agg(distinct load_standing.load_id order by load_standing.load_id), '{}') as load_ids
    from ops.failing_rows
    inner join ops.load_standing on failing_rows.verdict_id = load_standing.verdict_id
    where failing_rows.waiver_id = waivers.waiver_id
        and load_standing.state = 'accepted' and not load_standing.is_superseded
) as resting
"""


def upgrade() -> None:
    """Add what a document says of its waiver; those granted before stay as they were."""
    # A fresh warehouse has columns and constraint from 0003 on; an older one gets them here.
    for name in ("document", "document_sha256", "name"):
        op.execute(f"alter table ops.waivers add column if not exists {name} text")
        op.execute(f"comment on column ops.waivers.{name} is '{waivers.columns[name].comment}'")
    op.execute("alter table ops.waivers alter column decision_id drop not null")
    op.execute("alter table ops.waivers drop constraint if exists waivers_have_one_origin")
    (origin,) = (c for c in waivers.constraints if c.name == "waivers_have_one_origin")
    op.execute(f"alter table ops.waivers add constraint {origin.name} check ({origin.sqltext})")  # type: ignore[attr-defined]
    op.execute("drop view ops.waiver_standing")
    op.execute(_STANDING)
    op.execute("comment on view ops.waiver_standing is 'Every waiver, and which accepted loads rest on it · 豁免状态'")
    op.execute("grant select on ops.waiver_standing to shanhai_pipeline, shanhai_engineer, shanhai_auditor")
