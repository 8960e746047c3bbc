"""How fast workbooks are read, against peers in the same run: `python -m tests.benchmarks.reading [--rounds 3]`.

Two jobs: 500 workbooks of 60 x 12 cells, one of 200,000 x 20. Prints tables of medians with ratios to bare calamine and
to the reader of openpyxl that streams. What takes longer than 10 s of the processor is run once.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.readers import READERS
from tests.benchmarks.synthetic_workbooks import write_workbook

_ROOT = Path(__file__).parents[2]
_PEERS = Path(__file__).with_name("peers.txt")
_LONG = 10.0  # seconds of processor time
_JOBS = {"500 workbooks of 60 × 12 cells": (500, 60, 12), "one workbook of 200,000 × 20 cells": (1, 200_000, 20)}


def peer_python(folder: Path) -> Path:
    """The interpreter of the peers' environment, made when it is not there."""
    python = folder / "bin" / "python"
    if not python.exists():
        uv = Path(sys.executable).with_name("uv")
        environment = {**os.environ, "VIRTUAL_ENV": str(folder)}
        subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, folder], check=True)
        subprocess.run([uv, "pip", "install", "--quiet", "-r", _PEERS], check=True, env=environment)
    return python


def measure(name: str, folder: Path, peers: Path) -> dict[str, float]:
    """One reader over the workbooks of a folder, in a process of its own."""
    python = sys.executable if name.startswith("shanhai") else str(peers)
    environment = {**os.environ, "DLT_TELEMETRY": "0", "RUNTIME__DLTHUB_TELEMETRY": "false"}
    done = subprocess.run(
        [python, "-m", "tests.benchmarks.readers", name, folder],
        check=True, capture_output=True, text=True, cwd=_ROOT, env=environment,
    )  # fmt: skip
    return dict(json.loads(done.stdout.splitlines()[-1]))


def measure_often(name: str, folder: Path, peers: Path, rounds: int) -> list[dict[str, float]]:
    """As many measurements as asked, one where it takes long."""
    runs = [measure(name, folder, peers)]
    while len(runs) < rounds and runs[0]["processor"] <= _LONG:
        runs.append(measure(name, folder, peers))
    print(name, *(f"{run['processor']:.2f}" for run in runs), file=sys.stderr, flush=True)
    return runs


def print_table(job: str, results: dict[str, list[dict[str, float]]]) -> None:
    """One line to a reader, the fastest first."""
    medians = {
        name: {figure: statistics.median(run[figure] for run in runs) for figure in runs[0]}
        for name, runs in results.items()
    }
    calamine, openpyxl = (medians.get(name, {}).get("processor") for name in ("calamine", "openpyxl_read_only"))
    print(f"\n### {job}\n\n| reader | processor s | × calamine | × faster than openpyxl | clock s | peak MiB | runs |")
    print("|---|---|---|---|---|---|---|")
    for name, run in sorted(medians.items(), key=lambda item: item[1]["processor"]):
        seconds = run["processor"]
        ratios = [
            f"{seconds / calamine:.2f}" if calamine else "", f"{openpyxl / seconds:.1f}" if openpyxl else "",
        ]  # fmt: skip
        print(
            f"| {name} | {seconds:.2f} | {ratios[0]} | {ratios[1]} | {run['clock']:.1f} | {run['peak_mib']:.0f} "
            f"| {len(results[name])} |"
        )
    assert len({run["cells"] for run in medians.values()}) == 1, medians


def main() -> None:
    """Measure every reader in turn, as often as asked; medians count."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--without", nargs="*", default=[], choices=list(READERS))
    asked = arguments.parse_args()
    peers = peer_python(_ROOT / "var" / "benchmarks" / "peers")
    print(
        f"Python {platform.python_version()}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} at the start"
    )
    for job, (count, rows, columns) in _JOBS.items():
        with tempfile.TemporaryDirectory() as folder:
            write_workbook(Path(folder) / f"warm_up_{rows}x{columns}.xlsx", 60, columns, seed=0)
            books = Path(folder) / "books"
            books.mkdir()
            for seed in range(count):
                write_workbook(books / f"{seed}_{rows}x{columns}.xlsx", rows, columns, seed)
            results = {
                name: measure_often(name, books, peers, asked.rounds) for name in READERS if name not in asked.without
            }
            print_table(job, results)
            sys.stdout.flush()
    print(f"\nload {os.getloadavg()[0]:.1f} at the end")


if __name__ == "__main__":
    main()
