"""Runs dbt: parses the project once, builds every model, runs every test on two processors, and tells what ran."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shanhai import settings
from shanhai.documents.catalogue import sha256_of
from shanhai.release.closure import Project

# dbt always builds here, so that its parsed project can be reused; the schema is renamed when it is done.
CANDIDATE_SCHEMA = "release_candidate"
_TARGET, _TARGET_AS_OF, _TARGET_BESIDE = "target", "target_as_of", "target_beside"
# A dbt keeps one processor busy however many threads it has, so about half of the work of testing has a dbt of its own.
_BESIDE = ("test_type:unit,path:models/core", "test_type:unit,path:models/intermediate")


class BuildError(RuntimeError):
    """The candidate did not build, or a test of it failed; readers keep what they have."""


@dataclass(frozen=True)
class DbtOutcome:
    """What dbt reports of one build."""

    tests_declared: int
    tests_run: int


@dataclass(frozen=True)
class NodeResult:
    """What became of one seed, model or test."""

    unique_id: str
    status: str
    message: str


@dataclass(frozen=True)
class AsOf:
    """A past day (or a moment with its zone), and by which clock: `loaded` what we knew, `published` what was said."""

    moment: str
    clock: str


def parse(as_of: AsOf | None = None) -> Project:
    """The project as dbt understands it; raises BuildError when it does not parse."""
    parsed = _invoke(["parse"], as_of)
    manifest = json.loads((_work(_TARGET_AS_OF if as_of else _TARGET) / "manifest.json").read_text("utf-8"))
    return Project(manifest, sha256_of(settings.DBT_PROJECT / "dbt_project.yml"), parsed)


def build(project: Project) -> DbtOutcome:
    """Build every model, then run every test; raises BuildError naming the nodes that failed or did not run."""
    build_models(project)
    beside = _start_beside(["test", "--select", *_BESIDE])
    try:
        results = _run(["test", "--exclude", *_BESIDE], project) + _results_of(beside)
    finally:
        beside.kill()
        beside.wait()
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
    _require_success(_run(command, project, as_of))


def _run(command: list[str], project: Project, as_of: AsOf | None = None) -> list[NodeResult]:
    # The parsed project and the results stay in memory; files of both would cost a second for each command.
    found = _invoke(["--no-write-json", *command], as_of, project.parsed).results
    return [NodeResult(each.node.unique_id, each.status, each.message or "") for each in found]


def _start_beside(command: list[str]) -> subprocess.Popen[bytes]:
    """Start a dbt in a process of its own; it writes to a target folder of its own and has the project parsed."""
    give_dbt_the_address()
    target = _work(_TARGET_BESIDE)
    target.mkdir(parents=True, exist_ok=True)
    (target / "run_results.json").unlink(missing_ok=True)
    shutil.copyfile(_work(_TARGET) / "partial_parse.msgpack", target / "partial_parse.msgpack")
    arguments = _arguments(command, None, _TARGET_BESIDE)
    with (target / "output.txt").open("wb") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "dbt.cli.main", *arguments], stdout=output, stderr=subprocess.STDOUT
        )


def _results_of(beside: subprocess.Popen[bytes]) -> list[NodeResult]:
    """Wait for the dbt beside; raises BuildError with what it said when it leaves no results."""
    beside.wait()
    results = _work(_TARGET_BESIDE) / "run_results.json"
    if not results.is_file():
        said = (_work(_TARGET_BESIDE) / "output.txt").read_text("utf-8", errors="replace")
        raise BuildError(f"dbt did not run: {said.strip()[-2000:]}")
    found = json.loads(results.read_text("utf-8"))["results"]
    return [NodeResult(each["unique_id"], each["status"], each["message"] or "") for each in found]


def _require_success(results: list[NodeResult]) -> None:
    failed = [each for each in results if each.status not in ("success", "pass", "warn", "no-op")]
    if failed:
        lines = [f"{each.unique_id}: {each.status}: {each.message.strip()}" for each in failed]
        raise BuildError(f"{len(failed)} of {len(results)} dbt nodes failed:\n" + "\n".join(lines[:20]))


def _invoke(command: list[str], as_of: AsOf | None, parsed: Any = None) -> Any:
    from dbt.cli.main import dbtRunner

    give_dbt_the_address()
    result = dbtRunner(manifest=parsed).invoke(_arguments(command, as_of, _TARGET_AS_OF if as_of else _TARGET))
    if result.exception is not None:
        raise BuildError(f"dbt did not run: {result.exception}")
    return result.result


def _arguments(command: list[str], as_of: AsOf | None, target: str) -> list[str]:
    variables = {"as_of": as_of.moment, "as_of_clock": as_of.clock} if as_of else {}
    return [
        "--quiet", "--no-use-colors", "--log-path", str(_work("logs")), *command,
        "--project-dir", str(settings.DBT_PROJECT), "--profiles-dir", str(settings.DBT_PROJECT),
        "--target-path", str(_work(target)), "--vars", json.dumps(variables),
    ]  # fmt: skip


def _work(folder: str) -> Path:
    return settings.home() / "dbt" / folder


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
