"""How fast workbooks are read, against peers in the same run: `python -m tests.benchmarks.reading [--rounds 3]`.

Two jobs: 500 workbooks of 60 x 12 cells, one of 200,000 x 20. Prints tables with ratios to bare calamine.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.readers import READERS
from tests.benchmarks.synthetic_workbooks import write_workbook

_ROOT = Path(__file__).parents[2]
_PEERS = Path(__file__).with_name("peers.txt")
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


def main() -> None:
    """Measure every reader in turn, as often as asked; the fastest of each counts."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--without", nargs="*", default=[], choices=list(READERS))
    asked = arguments.parse_args()
    peers = peer_python(_ROOT / "var" / "benchmarks" / "peers")
    names = [name for name in READERS if name not in asked.without]
    with tempfile.TemporaryDirectory() as folder:
        write_workbook(Path(folder) / "warm_up.xlsx", 60, 12, seed=0)
        for number, (job, (count, rows, columns)) in enumerate(_JOBS.items()):
            books = Path(folder) / str(number)
            books.mkdir()
            for seed in range(count):
                write_workbook(books / f"{seed}.xlsx", rows, columns, seed)
            results: dict[str, list[dict[str, float]]] = {name: [] for name in names}
            for _ in range(asked.rounds):
                for name in names:
                    results[name].append(measure(name, books, peers))
            print(f"\n### {job}\n\n| reader | processor s | clock s | × calamine | peak MiB |\n|---|---|---|---|---|")
            fastest = {name: min(runs, key=lambda run: run["processor"]) for name, runs in results.items()}
            for name, run in sorted(fastest.items(), key=lambda item: item[1]["processor"]):
                ratio = run["processor"] / fastest["calamine"]["processor"]
                print(
                    f"| {name} | {run['processor']:.2f} | {min(r['clock'] for r in results[name]):.2f} "
                    f"| {ratio:.2f} | {max(r['peak_mib'] for r in results[name]):.0f} |",
                    flush=True,
                )
            assert len({run["cells"] for run in fastest.values()}) == 1, fastest


if __name__ == "__main__":
    main()
