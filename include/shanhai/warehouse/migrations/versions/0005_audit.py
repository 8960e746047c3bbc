"""The audit: results of every check, reconciliations, findings and what was decided of them, samples, sign-offs.

Everything is insert-only and sealed into the ledger as it is written, like the rows of `ops`.
"""

from alembic import op

revision = "0005"
down_revision = "0004"

_TABLES = {
    "run": (
        "One performance of the audit as of one day · 一次审计运行",
        """
        run_id bigint generated always as identity primary key,
        quarter text not null check (quarter ~ '^\\d{4}Q[1-4]$'),
        as_of date not null,
        release_id bigint not null references ops.releases,
        ledger_position bigint not null,
        ledger_sha256 text not null,
        catalogue_sha256 text not null,
        code_commit text,
        started_by text not null,
        dag_run_id text,
        started_at timestamptz not null default clock_timestamp()
        """,
    ),
    "check_result": (
        "What every check of the catalogue found in a run, passing ones too · 每项检查的结果，含通过者",
        """
        check_result_id bigint generated always as identity primary key,
        check_id text not null,
        run_id bigint not null references audit.run,
        as_of date not null,
        release_id bigint not null,
        severity text not null check (severity in ('error', 'warning', 'info')),
        status text not null check (status in ('passed', 'failed', 'not_applicable')),
        rows_tested integer not null check (rows_tested >= 0),
        rows_failed integer not null check (rows_failed between 0 and rows_tested),
        reason jsonb not null,
        sample jsonb not null,
        decision text not null check (decision in ('none', 'report', 'query', 'block')),
        document_sha256 text not null,
        unique (run_id, check_id)
        """,
    ),
    "reconciliation": (
        "Two figures that must agree, and by how much they do not · 应相符的两个数字及其差",
        """
        reconciliation_id bigint generated always as identity primary key,
        run_id bigint not null references audit.run,
        kind text not null,
        check_id text not null,
        item text not null,
        left_value numeric,
        right_value numeric,
        is_break boolean not null,
        detail jsonb not null
        """,
    ),
    "finding": (
        "Something that somebody has to answer; the same break of a later quarter is the same finding · 须答复的事项",
        """
        finding_id bigint generated always as identity primary key,
        check_id text not null,
        item text not null,
        severity text not null check (severity in ('error', 'warning', 'info')),
        is_material boolean not null,
        detail jsonb not null,
        run_id bigint references audit.run,
        opened_on date not null,
        opened_by text not null,
        unique (check_id, item)
        """,
    ),
    "finding_decision": (
        "The life of a finding, step by step · 事项处理过程，只增不改",
        """
        finding_decision_id bigint generated always as identity primary key,
        finding_id bigint not null references audit.finding,
        state text not null check (state in ('asked', 'explained', 'accepted', 'corrected', 'quarantined')),
        classification text check (
            classification in ('source_error', 'parser_error', 'scope_change', 'revision', 'genuine')
        ),
        owner text not null check (owner <> ''),
        reason text not null check (reason <> ''),
        due_on date,
        accepted_until date,
        decided_by text not null check (decided_by <> ''),
        account text not null default session_user check (account = session_user),
        decided_at timestamptz not null default clock_timestamp(),
        check (state <> 'asked' or due_on is not null),
        check (state <> 'accepted' or (accepted_until is not null and classification is not null))
        """,
    ),
    "sample_cell": (
        "Printed cells that were drawn and re-opened from the archived bytes · 抽取并复核的印刷单元格",
        """
        sample_cell_id bigint generated always as identity primary key,
        run_id bigint not null references audit.run,
        position integer not null,
        observation_key text not null,
        is_held boolean not null,
        receipt jsonb not null,
        unique (run_id, position)
        """,
    ),
    "pack": (
        "Packs that were built: their hash and the root that was signed · 已生成的审计包",
        """
        pack_id bigint generated always as identity primary key,
        quarter text not null,
        run_id bigint not null references audit.run,
        pack_sha256 text not null,
        merkle_root text not null,
        public_key text not null,
        built_by text not null,
        built_at timestamptz not null default clock_timestamp()
        """,
    ),
    "sign_off": (
        "Who reviewed and who approved a quarter · 复核与签署",
        """
        sign_off_id bigint generated always as identity primary key,
        quarter text not null,
        run_id bigint not null references audit.run,
        step text not null check (step in ('review', 'approval')),
        is_approved boolean not null,
        note text not null,
        signed_by text not null check (signed_by <> ''),
        account text not null default session_user check (account = session_user),
        statement jsonb not null,
        public_key text not null,
        signature text not null,
        signed_at timestamptz not null default clock_timestamp()
        """,
    ),
}

# Carries the schema in the name of the event: `ops` may have a table of the same name.
_CHAIN = """
create function audit.chain_row() returns trigger
language plpgsql security definer set search_path = pg_catalog as $function$
begin
    perform ops.append_to_ledger('audit.' || tg_table_name, to_jsonb(new)::text);
    return null;
end
$function$
"""

# The engineer answers a question; what follows from the answer is the auditor's to decide.
_HANDS = """
create function audit.refuse_other_hands() returns trigger
language plpgsql set search_path = pg_catalog as $function$
begin
    if session_user = 'shanhai_engineer' and new.state <> 'explained' then
        raise exception 'an engineer explains a finding; an auditor decides it'
            using errcode = 'insufficient_privilege';
    end if;
    return new;
end
$function$
"""

_STANDING = """
create view audit.finding_standing as
select
    finding.*,
    last.state as last_state,
    last.classification,
    last.owner,
    last.reason,
    last.due_on,
    last.accepted_until,
    last.decided_by,
    last.decided_at
from audit.finding
left join lateral (
    select * from audit.finding_decision
    where finding_decision.finding_id = finding.finding_id
    order by finding_decision_id desc limit 1
) as last on true
"""

_GRANTS = """
grant usage on schema audit to shanhai_pipeline, shanhai_engineer, shanhai_auditor;
grant select on all tables in schema audit to shanhai_pipeline, shanhai_engineer, shanhai_auditor;
grant insert on audit.run, audit.check_result, audit.reconciliation, audit.sample_cell, audit.pack to shanhai_pipeline;
grant insert on audit.finding to shanhai_pipeline, shanhai_auditor;
grant insert on audit.finding_decision to shanhai_engineer, shanhai_auditor;
grant insert on audit.sign_off to shanhai_auditor
"""


def upgrade() -> None:
    """Create the schema; rows are added by those who may, sealed, and never changed."""
    connection = op.get_bind()
    connection.exec_driver_sql("create schema if not exists audit")
    connection.exec_driver_sql("comment on schema audit is 'Checks, findings, decisions and sign-offs · 审计'")
    for statement in (_CHAIN, _HANDS):
        connection.exec_driver_sql(statement)
    connection.exec_driver_sql("revoke all on function audit.chain_row() from public")
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
        "create trigger refuse_other_hands before insert on audit.finding_decision"
        " for each row execute function audit.refuse_other_hands()"
    )
    connection.exec_driver_sql(_STANDING)
    connection.exec_driver_sql(
        "comment on view audit.finding_standing is 'Every finding with its last decision · 事项现状'"
    )
    for grant in _GRANTS.strip().split(";"):
        connection.exec_driver_sql(grant)
