"""A second dbt, in a process of its own: it gets ready while the first builds, and runs its tests when it is told.

A dbt keeps one processor busy however many threads it has, so two test in half the time on two processors.
"""

import dataclasses
import json
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from shanhai.release.dbt_commands import (
    BuildError,
    NodeResult,
    arguments,
    give_dbt_the_address,
    invoke,
    results_of,
    target_folder,
)

_RESULTS, _OUTPUT, _PARSED = "results.json", "output.txt", "partial_parse.msgpack"


class DbtBeside:
    """The other dbt; it has a target folder of its own and ends with the one that started it."""

    def __init__(self, parsed_in: Path) -> None:
        """Start it; `parsed_in` is the target folder that holds the project as parsed, so that it need not parse."""
        give_dbt_the_address()
        self._target = target_folder("target_beside")
        self._target.mkdir(parents=True, exist_ok=True)
        (self._target / _RESULTS).unlink(missing_ok=True)
        shutil.copyfile(parsed_in / _PARSED, self._target / _PARSED)
        with (self._target / _OUTPUT).open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", __name__, str(self._target / _RESULTS), *arguments(["parse"], self._target)],
                stdin=subprocess.PIPE, stdout=output, stderr=subprocess.STDOUT,
            )  # fmt: skip

    def start(self, command: list[str]) -> None:
        """Tell it what to run; one that has died is found out when its results are asked for."""
        assert self._process.stdin is not None  # noqa: S101 - it was opened as a pipe
        with suppress(BrokenPipeError):
            self._process.stdin.write(json.dumps(arguments(command, self._target)).encode() + b"\n")
            self._process.stdin.close()

    def results(self) -> list[NodeResult]:
        """Wait for it; raises BuildError with what it said when it leaves no results."""
        self._process.wait()
        results = self._target / _RESULTS
        if not results.is_file():
            said = (self._target / _OUTPUT).read_text("utf-8", errors="replace")
            raise BuildError(f"dbt did not run: {said.strip()[-2000:]}")
        return [NodeResult(**each) for each in json.loads(results.read_text("utf-8"))]

    def __enter__(self) -> "DbtBeside":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()


def main(results: Path, parse: list[str]) -> None:
    """Parse, wait for a command on standard input, run it, leave its results; end where nobody is left to ask."""
    parsed = invoke(parse)
    command = sys.stdin.readline()
    if command:
        found = results_of(invoke(json.loads(command), parsed))
        results.write_text(json.dumps([dataclasses.asdict(each) for each in found]), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
