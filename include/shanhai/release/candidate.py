"""Builds and tests a candidate: one schema, one dbt build; it becomes a release only when every test ran and held."""

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import Connection, sql
from psycopg.types.json import Jsonb

from shanhai import settings
from shanhai.documents.catalogue import sha256_of
from shanhai.provenance import code_commit
from shanhai.release import views
from shanhai.warehouse.connection import connect, scalar

# dbt always builds here, so that its parsed project can be reused; the schema is renamed once its tests have passed.
CANDIDATE_SCHEMA = "release_candidate"
_LOCK = 826_331_001
# Held by whoever changes what the views of `marts` read, or drops what they might read.
SWITCH_LOCK = 826_331_002
KEPT_RELEASES = 3
_TESTS = ("test", "unit_test")


class BuildError(RuntimeError):
    """The candidate did not build, or a test of it failed; readers keep what they have."""


@dataclass(frozen=True)
class DbtOutcome:
    """What dbt reports of one build."""

    tests_declared: int
    tests_run: int
    promoted: list[str]


def build_candidate() -> int:
    """Build every model from the accepted loads, test it and record it as a release; returns the release's id.

    Raises BuildError with the failing nodes; the half-built schema stays for inspection until the next build.
    """
    with connect() as connection, _alone(connection):
        connection.execute(sql.SQL("drop schema if exists {} cascade").format(sql.Identifier(CANDIDATE_SCHEMA)))
        connection.execute(sql.SQL("create schema {}").format(sql.Identifier(CANDIDATE_SCHEMA)))
        connection.commit()
        outcome = _run_dbt()
        release_id = _record(connection, outcome)
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
def _alone(connection: Connection) -> Iterator[None]:
    """One build at a time; a build that dies releases its place with its connection."""
    connection.execute("select pg_advisory_lock(%s)", (_LOCK,))
    try:
        yield
    finally:
        if not connection.closed:
            connection.rollback()
            connection.execute("select pg_advisory_unlock(%s)", (_LOCK,))


def _run_dbt() -> DbtOutcome:
    from dbt.cli.main import dbtRunner

    _give_dbt_the_address()
    work = settings.home() / "dbt"
    result = dbtRunner().invoke([
        "--quiet", "--no-use-colors", "--log-path", str(work / "logs"), "build",
        "--project-dir", str(settings.DBT_PROJECT), "--profiles-dir", str(settings.DBT_PROJECT),
        "--target-path", str(work / "target"),
    ])  # fmt: skip
    if result.exception is not None:
        raise BuildError(f"dbt did not run: {result.exception}")
    results: list[Any] = list(result.result.results)
    failed = [r for r in results if r.status not in ("success", "pass", "warn", "no-op")]
    if failed:
        lines = [f"{r.node.unique_id}: {r.status}: {(r.message or '').strip()}" for r in failed]
        raise BuildError(f"{len(failed)} of {len(results)} dbt nodes failed:\n" + "\n".join(lines[:20]))
    return _outcome(json.loads((work / "target" / "manifest.json").read_text("utf-8")), results)


def _outcome(manifest: dict[str, Any], results: list[Any]) -> DbtOutcome:
    nodes = manifest["nodes"].values()
    declared = {node["unique_id"] for node in nodes if node["resource_type"] == "test"} | set(manifest["unit_tests"])
    ran = {r.node.unique_id for r in results if r.node.resource_type in _TESTS}
    promoted = [n["name"] for n in nodes if n["resource_type"] == "model" and n["config"]["meta"].get("promoted")]
    if declared - ran:
        raise BuildError(f"{len(declared - ran)} declared tests did not run: {sorted(declared - ran)[:10]}")
    if not promoted or not ran:
        raise BuildError("a build without tests or without relations to promote is not a release")
    return DbtOutcome(len(declared), len(ran), sorted(promoted))


def _give_dbt_the_address() -> None:
    url = settings.warehouse_url("pipeline")
    os.environ |= {
        "SHANHAI_RELEASE_SCHEMA": CANDIDATE_SCHEMA,
        "SHANHAI_DBT_HOST": url.host or "",
        "SHANHAI_DBT_PORT": str(url.port or 5432),
        "SHANHAI_DBT_DBNAME": url.database or "",
        "SHANHAI_DBT_USER": url.username or "",
        "SHANHAI_DBT_PASSWORD": url.password or "",
        "DO_NOT_TRACK": "1",
    }


def _record(connection: Connection, outcome: DbtOutcome) -> int:
    """One transaction: the schema gets its release's name, the ledger its row."""
    release_id = scalar(connection, "select nextval(pg_get_serial_sequence('ops.releases', 'release_id'))")
    schema = f"release_{release_id}"
    relations = {name: _content(connection, name) for name in outcome.promoted}
    empty = [name for name, content in relations.items() if not content["rows"]]
    if empty:
        raise BuildError(f"these relations are empty: {empty}")
    loads = scalar(
        connection,
        sql.SQL("select array_agg(load_id order by load_id) from {}.stg_ops__accepted_loads").format(
            sql.Identifier(CANDIDATE_SCHEMA)
        ),
    )
    connection.execute(
        sql.SQL("alter schema {} rename to {}").format(sql.Identifier(CANDIDATE_SCHEMA), sql.Identifier(schema))
    )
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
    return int(release_id)


def _content(connection: Connection, relation: str) -> dict[str, Any]:
    """Row count of a candidate's relation, and a hash that does not depend on the order of its rows."""
    statement = """
    select jsonb_build_object(
        'rows', count(*), 'content_md5', md5(string_agg(md5(row::text), '' order by md5(row::text)))
    ) from {} as row
    """
    content: dict[str, Any] = scalar(connection, sql.SQL(statement).format(sql.Identifier(CANDIDATE_SCHEMA, relation)))
    return content


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
