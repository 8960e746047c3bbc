"""Schemas, the relations of ops and staging, and who may do what with them."""

from alembic import op

from shanhai.warehouse.tables import metadata

revision = "0001"
down_revision = None

_SCHEMAS = {
    "ops": "What happened: publications, loads, verdicts, releases · 运行台账",
    "staging": "What was printed: one relation per shape of table · 暂存",
    "marts": "What readers see: views on the promoted release · 发布层",
}

_ACCEPTED_LOADS = """
create view ops.accepted_loads as
select
    loads.load_id,
    loads.publisher_id,
    loads.table_id,
    loads.edition,
    loads.relation,
    loads.publication_sha256,
    loads.published_on,
    loads.loaded_at,
    row_number() over (
        partition by loads.table_id, loads.edition
        order by loads.loaded_at desc, loads.load_id desc
    ) = 1 as is_latest
from ops.loads
inner join lateral (
    select verdicts.is_accepted
    from ops.verdicts
    where verdicts.load_id = loads.load_id
    order by verdicts.verdict_id desc
    limit 1
) as latest_verdict on latest_verdict.is_accepted
"""

_GRANTS = """
grant usage on schema ops, staging to shanhai_pipeline, shanhai_engineer, shanhai_auditor;
grant select on all tables in schema ops, staging to shanhai_pipeline, shanhai_engineer, shanhai_auditor;
grant insert on all tables in schema ops, staging to shanhai_pipeline;
grant usage on all sequences in schema ops to shanhai_pipeline;
grant usage on schema marts to shanhai_pipeline, shanhai_engineer, shanhai_auditor, shanhai_reader;
grant create on schema marts to shanhai_pipeline;
revoke all on schema public from public;
grant usage on schema public to shanhai_pipeline
"""


def upgrade() -> None:
    """Create everything; the pipeline may add rows and nobody may change one."""
    for schema, comment in _SCHEMAS.items():
        op.execute(f"create schema {schema}")
        op.execute(f"comment on schema {schema} is '{comment}'")
    metadata.create_all(op.get_bind())
    op.execute(_ACCEPTED_LOADS)
    op.execute("comment on view ops.accepted_loads is 'Loads whose last verdict accepted them · 已接受的装载'")
    for grant in _GRANTS.strip().split(";"):
        op.execute(grant)
