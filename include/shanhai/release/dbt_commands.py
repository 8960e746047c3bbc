"""Runs one command of dbt in this process, on the candidate schema as the pipeline's account, and tells what ran."""

import gc
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shanhai import settings

# dbt always builds here, so that its parsed project can be reused; the schema is renamed when it is done.
CANDIDATE_SCHEMA = "release_candidate"


class BuildError(RuntimeError):
    """The candidate did not build, or a test of it failed; readers keep what they have."""


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


def parse(target: Path, as_of: AsOf | None = None) -> Any:
    """dbt's own manifest of the project, also written to `target`; raises BuildError when it does not parse."""
    give_dbt_the_address()
    return invoke(arguments(["parse"], target, as_of))


def run(command: list[str], target: Path, parsed: Any, as_of: AsOf | None = None) -> list[NodeResult]:
    """What became of every node of a command on the project that `parse` gave; raises BuildError when nothing ran."""
    give_dbt_the_address()
    return results_of(invoke(arguments(command, target, as_of), parsed))


def invoke(complete: list[str], parsed: Any = None) -> Any:
    """What dbt returns for a complete command line; raises BuildError when it did not run."""
    from dbt.cli.main import dbtRunner

    with _what_is_there_is_not_garbage():
        result = dbtRunner(manifest=parsed).invoke(complete)
    if result.exception is not None:
        raise BuildError(f"dbt did not run: {result.exception}")
    return result.result


def results_of(returned: Any) -> list[NodeResult]:
    """The results among what dbt returned."""
    return [NodeResult(each.node.unique_id, each.status, each.message or "") for each in returned.results]


def arguments(command: list[str], target: Path, as_of: AsOf | None = None) -> list[str]:
    """The complete command line of a command on the project, as of a day where one is given."""
    variables = {"as_of": as_of.moment, "as_of_clock": as_of.clock} if as_of else {}
    # Only of the parsed project a file is read again; files of the rest would cost a second for each command.
    files = [] if command == ["parse"] else ["--no-write-json"]
    return [
        "--quiet", "--no-use-colors", "--log-path", str(target_folder("logs")), *files, *command,
        "--project-dir", str(settings.DBT_PROJECT), "--profiles-dir", str(settings.DBT_PROJECT),
        "--target-path", str(target), "--vars", json.dumps(variables),
    ]  # fmt: skip


def target_folder(name: str) -> Path:
    """A folder of the warehouse for what dbt writes."""
    return settings.home() / "dbt" / name


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


@contextmanager
def _what_is_there_is_not_garbage() -> Iterator[None]:
    """A parsed project is very many objects that all stay; to search them for garbage takes a tenth of the time."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
