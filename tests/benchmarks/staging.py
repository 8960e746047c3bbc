"""How fast a workbook of 200,000 x 20 cells is staged, and in how much memory: `python -m tests.benchmarks.staging`.

A throwaway server of its own; the verbs are those of every load: archive, read, COPY, all in one transaction.
"""

import argparse
import json
import multiprocessing
import os
import tempfile
import time
from pathlib import Path

from tests.benchmarks.readers import peak_mib
from tests.benchmarks.synthetic_workbooks import document, write_workbook
from tests.small_library import SmallLibrary

_COLUMNS = 20


def main() -> None:
    """Stage the workbook once and print what it took, as one line of JSON."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rows", type=int, default=200_000)
    asked = arguments.parse_args()
    from shanhai.platform import postgres

    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        os.environ["SHANHAI_HOME"] = str(Path(folder) / "home")
        for name in ("SHANHAI_DATABASE_URL", "AIRFLOW_CONN_SHANHAI_WAREHOUSE"):
            os.environ.pop(name, None)
        file = Path(folder) / "synthetic.xlsx"
        # In a process of its own, whose memory is not that of staging.
        make = multiprocessing.get_context("spawn").Process(target=write_workbook, args=(file, asked.rows, _COLUMNS, 1))
        make.start()
        make.join()
        postgres.start()
        try:
            print(json.dumps(_stage(Path(folder), file)))
        finally:
            postgres.remove()


def _stage(folder: Path, file: Path) -> dict[str, float]:
    from shanhai.load import archive_edition, stage_edition
    from shanhai.warehouse import migrate
    from shanhai.warehouse.connection import connect, scalar

    migrate.upgrade()
    small = SmallLibrary(folder)
    key = small.add("bureau/synthetic", "synthetic.xlsx", file.read_bytes(), document(_COLUMNS))
    before = peak_mib()
    digest = archive_edition(key, small.library)
    clock, processor = time.perf_counter(), time.process_time()
    stage_edition(key, digest, small.library)
    clock, processor = time.perf_counter() - clock, time.process_time() - processor
    with connect() as connection:
        figures = int(scalar(connection, "select count(*) from staging.observations"))
    peak = peak_mib()
    return {
        "figures": figures,
        "clock": round(clock, 1),
        "processor": round(processor, 1),
        "figures_per_second": round(figures / clock),
        "mib_before": round(before),
        "peak_mib": round(peak),
    }


if __name__ == "__main__":
    main()
