"""Builds and tests a candidate: one schema, one dbt build; it becomes a release only when every test ran and held."""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

import psycopg
from psycopg import Connection, sql
from psycopg.types.json import Jsonb

from shanhai import settings
from shanhai.documents.catalogue import sha256_of
from shanhai.provenance import code_commit
from shanhai.release import dbt_build, views
from shanhai.release.changes import Evidence, raised, record_changes
from shanhai.release.closure import Project
from shanhai.release.content import Seal, content_of, read_seal, write_seal
from shanhai.release.dbt_build import DbtOutcome
from shanhai.release.dbt_commands import CANDIDATE_SCHEMA, BuildError
from shanhai.release.rows import keep_rows
from shanhai.release.starts import GROWING, Start, membership_loads, reasons_of, start_from_last
from shanhai.warehouse.connection import connect, scalar

_LOCK = 826_331_001
# Held by whoever changes what the views of `marts` read, or drops what they might read.
SWITCH_LOCK = 826_331_002
KEPT_RELEASES = 3
# The seed that corrects what was published.
_CORRECTIONS = "seed.shanhai.corrections"
# Sessions of a dbt whose build died before it; whoever builds is alone, so nobody else's.
_LEFT_BEHIND = """
select pg_terminate_backend(activity.pid) from pg_stat_activity as activity
where activity.application_name = 'shanhai_dbt' and exists (
    select 1 from pg_locks inner join pg_class on pg_locks.relation = pg_class.oid
    where pg_locks.pid = activity.pid and pg_class.relnamespace = to_regnamespace(%s)
)
"""
_CHANGES = """
create table {schema}.release_changes as
select relation, change_kind, row_key, column_name, old_value, new_value, cause, load_ids
from ops.release_changes where release_id = {release_id} order by change_number
"""

__all__ = ["BuildError", "build_candidate", "project_sha256"]


def build_candidate(full_refresh: bool = False) -> int:
    """Build every model from the accepted loads, test it and record it as a release; returns the release's id.

    Raises BuildError with the failing nodes; the half-built schema stays for inspection until the next build.
    """
    with connect() as connection, alone(connection):
        start_anew(connection)
        project = dbt_build.parse()
        starts = {
            name: "a full refresh was asked for" if full_refresh else start_from_last(connection, project, name)
            for name in GROWING
        }
        connection.commit()
        outcome = dbt_build.build(project)
        release_id = _record(connection, project, outcome, starts)
        connection.commit()
        _drop_superseded(connection)
        return release_id


def project_sha256() -> str:
    """Hash of the dbt project's files: what turns the same loads into other marts."""
    files = sorted(
        f for f in settings.DBT_PROJECT.rglob("*") if f.is_file() and f.suffix in (".sql", ".yml", ".csv", ".md")
    )
    names = "".join(f"{file.relative_to(settings.DBT_PROJECT)}{sha256_of(file)}" for file in files)
    return hashlib.sha256(names.encode()).hexdigest()


@contextmanager
def alone(connection: Connection) -> Iterator[None]:
    """One build at a time; a build that dies releases its place with its connection."""
    connection.execute("select pg_advisory_lock(%s)", (_LOCK,))
    try:
        yield
    finally:
        if not connection.closed:
            connection.rollback()
            connection.execute("select pg_advisory_unlock(%s)", (_LOCK,))


def start_anew(connection: Connection) -> None:
    """An empty candidate schema, whatever a build that was killed has left of it."""
    connection.execute(_LEFT_BEHIND, (CANDIDATE_SCHEMA,))
    connection.execute(sql.SQL("drop schema if exists {} cascade").format(sql.Identifier(CANDIDATE_SCHEMA)))
    connection.execute(sql.SQL("create schema {}").format(sql.Identifier(CANDIDATE_SCHEMA)))
    connection.commit()


def loads_read(connection: Connection, schema: str) -> list[int]:
    """The accepted loads that a build read."""
    table = sql.Identifier(schema, "stg_ops__accepted_loads")
    statement = sql.SQL("select coalesce(array_agg(load_id order by load_id), '{{}}') from {}").format(table)
    return list(scalar(connection, statement))


def _record(connection: Connection, project: Project, outcome: DbtOutcome, starts: Mapping[str, Start | str]) -> int:
    """One transaction: the schema gets its release's name, the ledger its row and its seal, history its rows."""
    release_id = int(scalar(connection, "select nextval(pg_get_serial_sequence('ops.releases', 'release_id'))"))
    schema = f"release_{release_id}"
    base = connection.execute(
        """
        select releases.release_id, schema_name, load_ids from ops.releases
        where release_id = (select release_id from ops.promotions order by promotion_id desc limit 1)
            and to_regnamespace(schema_name) is not null
        """
    ).fetchone()
    seal = read_seal(connection, base[0]) if base else None
    relations = content_of(connection, CANDIDATE_SCHEMA, project.promoted)
    empty = [name for name, content in relations.items() if not content["rows"]]
    if empty:
        raise BuildError(f"these relations are empty: {empty}")
    loads = loads_read(connection, CANDIDATE_SCHEMA)
    connection.execute(
        sql.SQL("alter schema {} rename to {}").format(sql.Identifier(CANDIDATE_SCHEMA), sql.Identifier(schema))
    )
    marts = [name for name in project.promoted if name.startswith("mart_")]
    keys = {mart: project.key_of(mart) for mart in marts}
    reasons = reasons_of(connection, project, starts, loads, base, seal)
    kinds: dict[str, set[str]] = {mart: set() for mart in marts}
    if base:
        evidence = _evidence(connection, project, loads, base[2], seal)
        gone: dict[str, list[str]] = {
            n: [] for n in (seal.content if seal else {}) if n.startswith("mart_") and n not in keys
        }
        kinds = record_changes(connection, release_id, (base[1], schema), keys | gone, evidence)
    before = seal.content if seal else {}
    for mart in marts:
        relations[mart] |= {"key": keys[mart], "version": raised(before.get(mart, {}).get("version"), kinds[mart])}
    connection.execute(sql.SQL(_CHANGES).format(schema=sql.Identifier(schema), release_id=sql.Literal(release_id)))
    _comment(connection, schema)
    relations |= content_of(connection, schema, ["release_changes"])
    connection.execute(
        """
        insert into ops.releases
            (release_id, schema_name, load_ids, project_sha256, tests_declared, tests_run, tests_failed,
             relations, code_commit)
        values (%s, %s, %s, %s, %s, %s, 0, %s, %s)
        """,
        (release_id, schema, loads, project_sha256(), outcome.tests_declared, outcome.tests_run,
         Jsonb(relations), code_commit()),
    )  # fmt: skip
    write_seal(connection, release_id, Seal(base[0] if base else None, relations, reasons, project.sha256))
    keep_rows(connection, release_id, schema, marts)
    return release_id


def _evidence(
    connection: Connection, project: Project, loads: list[int], before: list[int], seal: Seal | None
) -> Evidence:
    new = sorted(set(loads) - set(before))
    known = seal.model_sha256 if seal else {}
    recoded = [r for r in project.promoted if known.get(f"model.shanhai.{r}") != project.sha256[f"model.shanhai.{r}"]]
    corrected: list[str] = []
    if known.get(_CORRECTIONS) != project.sha256.get(_CORRECTIONS):
        corrected = [relation for relation in project.promoted if _CORRECTIONS in project.parents(relation)]
    return Evidence(new, membership_loads(connection, new), recoded, corrected)


def _comment(connection: Connection, schema: str) -> None:
    """Say what the table of changes is, in both languages; readers see it as a mart."""
    table = sql.Identifier(schema, "release_changes")
    comments = {
        "relation": "The mart · 集市",
        "change_kind": "added, deleted or corrected · 变化",
        "row_key": "Key of the row; null where a whole column came or went · 行键",
        "column_name": "Column; null where a whole row came or went · 列",
        "old_value": "What readers saw before · 原值",
        "new_value": "What they see now · 现值",
        "cause": "source revision, membership, correction or code · 原因",
        "load_ids": "Loads that brought it · 相关装载",
    }
    text = "What this release changed of what readers saw before it, value by value · 本次发布的逐值变化"
    connection.execute(sql.SQL("comment on table {} is {}").format(table, sql.Literal(text)))
    for column, comment in comments.items():
        name = sql.Identifier(schema, "release_changes", column)
        connection.execute(sql.SQL("comment on column {} is {}").format(name, sql.Literal(comment)))


def _drop_superseded(connection: Connection) -> None:
    """Drop the tables of releases that no view can show and that are not among the last few; their ledger rows stay."""
    connection.execute("select pg_advisory_xact_lock(%s)", (SWITCH_LOCK,))
    old = connection.execute(
        """
        select schema_name from ops.releases
        where release_id not in (select release_id from ops.releases order by release_id desc limit %s)
        and release_id is distinct from (select release_id from ops.promotions order by promotion_id desc limit 1)
        """,
        (KEPT_RELEASES,),
    ).fetchall()
    for schema in {row[0] for row in old} - views.offered_schemas(connection):
        # Somebody who has been reading it since before it was superseded keeps it until the next build.
        with suppress(psycopg.errors.LockNotAvailable), connection.transaction():
            connection.execute("set local lock_timeout = '1s'")
            connection.execute(sql.SQL("drop schema if exists {} cascade").format(sql.Identifier(schema)))
