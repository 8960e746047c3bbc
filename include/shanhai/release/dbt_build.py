"""Builds the candidate with dbt: parses the project once, builds every model, runs every test on two processors."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from shanhai import settings
from shanhai.documents.catalogue import sha256_of
from shanhai.release import dbt_commands
from shanhai.release.closure import Project
from shanhai.release.dbt_beside import DbtBeside
from shanhai.release.dbt_commands import AsOf, BuildError, NodeResult, target_folder

# All unit tests take longer than all data tests; with these on the other side both take about as long.
_WITH_DATA_TESTS = "path:models/core"


@dataclass(frozen=True)
class DbtOutcome:
    """What dbt reports of one build."""

    tests_declared: int
    tests_run: int


def parse(as_of: AsOf | None = None) -> Project:
    """The project as dbt understands it; raises BuildError when it does not parse."""
    target = target_folder("target_as_of" if as_of else "target")
    parsed = dbt_commands.parse(target, as_of)
    manifest = json.loads((target / "manifest.json").read_text("utf-8"))
    return Project(manifest, sha256_of(settings.DBT_PROJECT / "dbt_project.yml"), parsed)


def build(project: Project) -> DbtOutcome:
    """Build every model, then run every test; raises BuildError naming the nodes that failed or did not run."""
    target = target_folder("target")
    with DbtBeside(target) as beside:
        build_models(project)
        beside.start(["test", "--select", "test_type:unit", "--exclude", _WITH_DATA_TESTS])
        here = ["test", "--select", "test_type:data", f"test_type:unit,{_WITH_DATA_TESTS}"]
        results = dbt_commands.run(here, target, project.parsed) + beside.results()
    _require_success(results)
    nodes = project.manifest["nodes"].values()
    declared = {n["unique_id"] for n in nodes if n["resource_type"] == "test"} | set(project.manifest["unit_tests"])
    ran = {result.unique_id for result in results}
    if declared - ran:
        raise BuildError(f"{len(declared - ran)} declared tests did not run: {sorted(declared - ran)[:10]}")
    if not project.promoted or not ran:
        raise BuildError("a build without tests or without relations to promote is not a release")
    return DbtOutcome(len(declared), len(ran))


def build_models(
    project: Project, only: Iterable[str] = (), as_of: AsOf | None = None, full_refresh: bool = False
) -> None:
    """Build seeds and models (all, or `only` these with what they read) as of a day, without tests.

    The past need not pass what is asked of today.
    """
    chosen = [f"+{relation}" for relation in only]
    command = ["build", "--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"]
    if chosen:
        command += ["--select", *chosen]
    if full_refresh:
        command += ["--full-refresh"]
    target = target_folder("target_as_of" if as_of else "target")
    _require_success(dbt_commands.run(command, target, project.parsed, as_of))


def _require_success(results: list[NodeResult]) -> None:
    failed = [each for each in results if each.status not in ("success", "pass", "warn", "no-op")]
    if failed:
        lines = [f"{each.unique_id}: {each.status}: {each.message.strip()}" for each in failed]
        raise BuildError(f"{len(failed)} of {len(results)} dbt nodes failed:\n" + "\n".join(lines[:20]))
