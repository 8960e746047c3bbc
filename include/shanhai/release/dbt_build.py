"""Runs dbt in this process: parses the project once, builds it, and tells what ran."""

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from shanhai import settings
from shanhai.documents.catalogue import sha256_of
from shanhai.release.closure import Project

# dbt always builds here, so that its parsed project can be reused; the schema is renamed when it is done.
CANDIDATE_SCHEMA = "release_candidate"
_TESTS = ("test", "unit_test")


class BuildError(RuntimeError):
    """The candidate did not build, or a test of it failed; readers keep what they have."""


@dataclass(frozen=True)
class DbtOutcome:
    """What dbt reports of one build."""

    tests_declared: int
    tests_run: int


@dataclass(frozen=True)
class AsOf:
    """A past day (or a moment with its zone), and by which clock: `loaded` what we knew, `published` what was said."""

    moment: str
    clock: str


def parse(as_of: AsOf | None = None) -> Project:
    """The project as dbt understands it; raises BuildError when it does not parse."""
    _invoke(["parse"], as_of)
    manifest = json.loads((settings.home() / "dbt" / "target" / "manifest.json").read_text("utf-8"))
    return Project(manifest, sha256_of(settings.DBT_PROJECT / "dbt_project.yml"))


def build(project: Project) -> DbtOutcome:
    """Build every model and run every test into the candidate schema; raises BuildError naming the failing nodes."""
    results = run(["build"])
    nodes = project.manifest["nodes"].values()
    declared = {n["unique_id"] for n in nodes if n["resource_type"] == "test"} | set(project.manifest["unit_tests"])
    ran = {r.node.unique_id for r in results if r.node.resource_type in _TESTS}
    if declared - ran:
        raise BuildError(f"{len(declared - ran)} declared tests did not run: {sorted(declared - ran)[:10]}")
    if not project.promoted or not ran:
        raise BuildError("a build without tests or without relations to promote is not a release")
    return DbtOutcome(len(declared), len(ran))


def build_models(as_of: AsOf | None, only: Iterable[str] = (), full_refresh: bool = False) -> None:
    """Build seeds and models (all, or `only` these with what they read) as of a day, without tests.

    The past need not pass what is asked of today.
    """
    chosen = [f"+{relation}" for relation in only]
    run(
        [
            "build", "--exclude-resource-type", "test", "--exclude-resource-type", "unit_test",
            *(["--select", *chosen] if chosen else []), *(["--full-refresh"] if full_refresh else []),
        ],
        as_of,
    )  # fmt: skip


def run(command: list[str], as_of: AsOf | None = None) -> list[Any]:
    """Run a dbt command that yields results; raises BuildError naming the nodes that failed."""
    results: list[Any] = list(_invoke(command, as_of).results)
    failed = [r for r in results if r.status not in ("success", "pass", "warn", "no-op")]
    if failed:
        lines = [f"{r.node.unique_id}: {r.status}: {(r.message or '').strip()}" for r in failed]
        raise BuildError(f"{len(failed)} of {len(results)} dbt nodes failed:\n" + "\n".join(lines[:20]))
    return results


def _invoke(command: list[str], as_of: AsOf | None) -> Any:
    from dbt.cli.main import dbtRunner

    give_dbt_the_address()
    work = settings.home() / "dbt"
    variables = {"as_of": as_of.moment, "as_of_clock": as_of.clock} if as_of else {}
    result = dbtRunner().invoke([
        "--quiet", "--no-use-colors", "--log-path", str(work / "logs"), *command,
        "--project-dir", str(settings.DBT_PROJECT), "--profiles-dir", str(settings.DBT_PROJECT),
        "--target-path", str(work / ("target_as_of" if as_of else "target")), "--vars", json.dumps(variables),
    ])  # fmt: skip
    if result.exception is not None:
        raise BuildError(f"dbt did not run: {result.exception}")
    return result.result


def give_dbt_the_address() -> None:
    """Set what profiles.yml reads: the candidate schema and the pipeline's account."""
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
