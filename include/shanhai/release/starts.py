"""What a build begins with: relations that may grow start from the last release's; and why each was built as it was."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from psycopg import Connection, sql

from shanhai.release.closure import Project
from shanhai.release.content import Seal
from shanhai.release.dbt_commands import CANDIDATE_SCHEMA

# The relations that start from the last release's, and what a build writes of them.
GROWING = {"fct_observation_history": "from new loads", "fct_observations": "where rows differ"}
# What tells which land a county is, and who was on which list.
_MEMBERSHIP = ("division_lists", "divisions")


@dataclass(frozen=True)
class Start:
    """The release whose relation a build began with."""

    release_id: int
    schema_name: str


def start_from_last(connection: Connection, project: Project, relation: str) -> Start | str:
    """Copy a relation of the newest release that has it from the same code; what was copied, or why nothing was.

    A copy and never the table itself: a release's tables do not change.
    """
    node = f"model.shanhai.{relation}"
    if node not in project.sha256:
        return "the project does not have it"
    rows = connection.execute(
        """
        select release_id, schema_name, model_sha256 from ops.releases inner join ops.release_seals using (release_id)
        where to_regclass(schema_name || '.' || %s) is not null order by release_id desc
        """,
        (relation,),
    ).fetchall()
    if not rows:
        return "no release has it"
    for release_id, schema, hashes in rows:
        if hashes.get(node) == project.sha256[node]:
            target, source = sql.Identifier(CANDIDATE_SCHEMA, relation), sql.Identifier(schema, relation)
            connection.execute(sql.SQL("create table {} (like {} including all)").format(target, source))
            connection.execute(sql.SQL("insert into {} select * from {}").format(target, source))
            return Start(release_id, schema)
    changed = [n for n in project.parents(relation) if rows[0][2].get(n) != project.sha256.get(n)]
    return f"code changed: {', '.join(sorted(n.split('.')[-1] for n in changed if n in project.sha256))}"


def membership_loads(connection: Connection, loads: list[int]) -> list[int]:
    """Those of the loads that say which land a division is or which list it is on."""
    rows = connection.execute(
        "select load_id from ops.loads where load_id = any(%s) and relation = any(%s) order by load_id",
        (loads, list(_MEMBERSHIP)),
    )
    return [row[0] for row in rows]


def reasons_of(
    connection: Connection, project: Project, starts: Mapping[str, Start | str], loads: list[int],
    base: Any, seal: Seal | None,
) -> dict[str, dict[str, Any]]:  # fmt: skip
    """Relation → whether it was built whole or grew, from which loads, and why."""
    before = set(base[2]) if base else set()
    new = [load for load in loads if load not in before]
    since = "membership changed" if membership_loads(connection, new) else "loads" if new else "nothing new"
    known = seal.model_sha256 if seal else {}
    reasons: dict[str, dict[str, Any]] = {}
    for relation in project.promoted:
        changed = sorted(
            name for name in project.parents(relation)
            if name in project.sha256 and known.get(name) != project.sha256[name]
        )  # fmt: skip
        why = "code or seeds changed" if changed else since
        reasons[relation] = {
            "built": "whole", "why": why if seal else "first release", "changed": changed if seal else [],
            "load_ids": new,
        }  # fmt: skip
    for relation in reasons.keys() & starts.keys():
        start = starts[relation]
        if isinstance(start, str):
            reasons[relation] |= {"why": start}
            continue
        rows = connection.execute("select load_ids from ops.releases where release_id = %s", (start.release_id,))
        held = set(next(rows)[0])
        reasons[relation] |= {
            "built": GROWING[relation], "start": start.schema_name, "load_ids": [n for n in loads if n not in held],
        }  # fmt: skip
    return reasons
