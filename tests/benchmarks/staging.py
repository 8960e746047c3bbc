"""How fast a workbook of 200,000 x 20 cells is staged, and in how much memory: `python -m tests.benchmarks.staging`.

A throwaway server of its own; the verbs are those of every load: archive, read, COPY, all in one transaction.
"""

import argparse
import json
import os
import resource
import tempfile
import time
from pathlib import Path

from tests.benchmarks.synthetic_workbooks import heads, write_workbook
from tests.small_library import SmallLibrary

_INDICATORS = [
    "gdp", "primary_value_added", "secondary_value_added", "tertiary_value_added", "industrial_value_added",
    "budget_revenue", "tax_revenue", "budget_expenditure", "livelihood_expenditure", "total_fiscal_revenue",
    "agriculture_gross_output", "above_scale_industrial_value_added", "above_scale_industrial_output",
    "fixed_asset_investment", "retail_sales", "exports", "household_savings_deposits", "loan_balance", "output_value",
]  # fmt: skip


def document() -> str:
    """The source document of the synthetic workbook: each column another indicator in 万元."""
    columns = "".join(
        f"  - {{head: {head}, indicator: {indicator}}}\n"
        for head, indicator in zip(heads(len(_INDICATORS) + 1)[1:], _INDICATORS, strict=True)
    )
    layout = "layout: {head_rows: [1], label_column: 地区, within: 浙江省}\n"
    return f"relation: observations\ncarrier: xlsx\nperiod: 2023\n{layout}columns:\n{columns}"


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
        write_workbook(file, asked.rows, len(_INDICATORS) + 1, seed=1)
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
    key = small.add("bureau/synthetic", "synthetic.xlsx", file.read_bytes(), document())
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    digest = archive_edition(key, small.library)
    clock, processor = time.perf_counter(), time.process_time()
    stage_edition(key, digest, small.library)
    clock, processor = time.perf_counter() - clock, time.process_time() - processor
    with connect() as connection:
        figures = int(scalar(connection, "select count(*) from staging.observations"))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
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
