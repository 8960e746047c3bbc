"""Builds the marts of a freeze anew and holds them against the hashes that were sealed then (domain §6.3, R1).

Nothing is restored: the models run once more over what had been accepted by then, whatever was loaded since.
"""

from psycopg.rows import dict_row

from shanhai.audit import evidence
from shanhai.audit.performance import reading
from shanhai.audit.quarter import Quarter
from shanhai.audit.results import AuditError
from shanhai.release.as_of import build_as_of, drop_as_of
from shanhai.release.candidate import project_sha256
from shanhai.release.content import read_seal

_RELEASE = """
select release_id, project_sha256, code_commit, built_at::text as built_at from ops.releases
where release_id = (select release_id from audit.run where run_id = %s)
"""
_BUILT = "select relations from ops.as_of_schemas where view_schema = %s order by as_of_id desc limit 1"


def rebuild(quarter: Quarter, only: tuple[str, ...] = ()) -> int:
    """Build the marts that the quarter's last run saw once more; returns how many relations are equal row by row.

    Raises AuditError naming the relations that are not, or the commit to check out when the models have changed since.
    With `only`, these relations and no others.
    """
    with reading() as connection, connection.cursor(row_factory=dict_row) as cursor:
        run_id = evidence.latest_run(connection, quarter)
        release = cursor.execute(_RELEASE, (run_id,)).fetchone()
    assert release is not None  # noqa: S101 - a run refers to its release
    if release["project_sha256"] != project_sha256():
        raise AuditError(
            f"release {release['release_id']} was built by other models and seeds: check out commit"
            f" {release['code_commit']} and rebuild there · 模型或种子已变更，请检出当时的提交后重建"
        )
    compared, differing = against_seal(release["release_id"], release["built_at"], only)
    if differing:
        raise AuditError(f"{len(differing)} of {compared} relations differ from their seal: {', '.join(differing)}")
    return compared


def against_seal(release_id: int, moment: str, only: tuple[str, ...] = ()) -> tuple[int, list[str]]:
    """Build as of a moment by the clock of loads; how many relations were compared with the seal, and which differ.

    The schema is dropped again when nothing differs, and left to look at otherwise; its hashes stay in the ledger.
    """
    view_schema = build_as_of(moment, "loaded", only)
    with reading() as connection:
        seal = read_seal(connection, release_id)
        [(built,)] = connection.execute(_BUILT, (view_schema,)).fetchall()
    if seal is None:
        raise AuditError(f"release {release_id} has no seal to compare with · 该次发布没有封签")
    differing = sorted(
        name for name, content in built.items()
        if any(seal.content.get(name, {}).get(key) != value for key, value in content.items())
    )  # fmt: skip
    if not differing:
        drop_as_of(view_schema)
    return len(built), differing
