"""Seconds of one build of the bundled publications: `python -m tests.benchmarks.build [--rounds 3]`.

In turns, on one throwaway server: what a release runs (models, then data tests and unit tests in two processes), and
`dbt build` as a person types it. Both have the project parsed. The clock is the wall's, so compare within one run.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from shanhai import settings
from shanhai.load import load_edition
from shanhai.pending import pending_editions
from shanhai.platform import postgres
from shanhai.release import dbt_build, dbt_commands
from shanhai.release.candidate import start_anew
from shanhai.warehouse import migrate
from shanhai.warehouse.connection import connect


def main() -> None:
    """Start a server, load everything, build in turns, print medians and the ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as home:
        Path(home).chmod(0o755)
        os.environ["SHANHAI_HOME"] = home
        postgres.start()
        try:
            migrate.upgrade()
            for each in pending_editions():
                load_edition(each.key)
            plain, split = [], []
            for _ in range(rounds + 1):
                plain.append(seconds_of_plain_dbt())
                split.append(seconds_of_a_release())
        finally:
            postgres.remove()
    # The first of each parses.
    ours, theirs = statistics.median(split[1:]), statistics.median(plain[1:])
    print(f"dbt build, one process      {theirs:6.1f} s")
    print(f"models, then tests in two   {ours:6.1f} s   {ours / theirs:.2f} of it")


def seconds_of_a_release() -> float:
    """What a release builds and tests, without its records."""
    _empty_candidate()
    began = time.perf_counter()
    dbt_build.build(dbt_build.parse())
    return time.perf_counter() - began


def seconds_of_plain_dbt() -> float:
    """`dbt build` of everything into the same schema."""
    _empty_candidate()
    dbt_commands.give_dbt_the_address()
    target = dbt_commands.target_folder("target_plain")
    began = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "dbt.cli.main", "--quiet", "--log-path", str(target), "build",
         "--project-dir", str(settings.DBT_PROJECT), "--profiles-dir", str(settings.DBT_PROJECT),
         "--target-path", str(target)], check=True,
    )  # fmt: skip
    return time.perf_counter() - began


def _empty_candidate() -> None:
    with connect() as connection:
        start_anew(connection)


if __name__ == "__main__":
    main()
