"""Performs the audit of an unpacked pack again: `python reperform.py [--dsn ADDRESS]`, in the pack's folder.

Without an address it needs nothing but Python: every reconciliation is subtracted anew, every count of the report is
taken anew from the stored rows, every sampled figure is converted anew from its printed form. With an address (and
psycopg) it runs every query of `queries/` again, as whoever the address names, and compares the counts.
"""

import argparse
import json
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent


def arithmetic(evidence: dict[str, Any]) -> list[str]:
    """What in the stored rows does not agree with itself."""
    problems = []
    for row in evidence["reconciliation"]:
        difference = row["detail"].get("difference")
        if difference is not None and row["left_value"] is not None and row["right_value"] is not None:
            again = Decimal(row["left_value"]) - Decimal(row["right_value"])
            if abs(abs(again) - abs(Decimal(difference))) > Decimal("0.000002"):
                problems.append(f"{row['check_id']} {row['item']}: {again} is not {difference}")
    for result in evidence["results"]:
        kept = min(result["rows_failed"], 20)
        if len(result["sample"]) != kept:
            problems.append(f"{result['check_id']}: {len(result['sample'])} failing rows are kept, {kept} are counted")
        breaks = [r for r in evidence["reconciliation"] if r["check_id"] == result["check_id"] and r["is_break"]]
        if result["is_reconciled"] and result["status"] != "not_applicable" and len(breaks) != result["rows_failed"]:
            problems.append(f"{result['check_id']}: {len(breaks)} breaks are kept, {result['rows_failed']} are counted")
    for cell in evidence["sample"]:
        receipt = cell["receipt"]
        if receipt["obs_value"] is not None:
            again = Decimal(receipt["obs_value"]).scaleb(int(receipt["unit_mult"]))
            if again != Decimal(receipt["value"]):
                problems.append(f"cell {cell['position']}: {again} is not {receipt['value']}")
        if cell["is_held"] != (receipt["found"] == receipt["printed"]):
            problems.append(f"cell {cell['position']}: {receipt['found']!r} is not {receipt['printed']!r}")
    return problems


def queries(evidence: dict[str, Any], address: str) -> list[str]:
    """Which checks come to another count in the warehouse at the address."""
    import psycopg

    problems = []
    with psycopg.connect(address) as connection:
        connection.read_only = True
        release = connection.execute(
            "select release_id from ops.promotions order by promotion_id desc limit 1"
        ).fetchone()
        if release is None or release[0] != evidence["run"]["release_id"]:
            problems.append(f"readers see release {release and release[0]}, not {evidence['run']['release_id']}")
        connection.execute("set local enable_nestloop = off")
        for result in evidence["results"]:
            file = HERE / "queries" / f"{result['check_id']}.sql"
            if file.exists():
                found = connection.execute(file.read_text("utf-8")).fetchone()
                expected = (result["rows_tested"], result["rows_failed"])
                # Where too little was tested to decide, the failing ones were not counted.
                parts = 1 if result["status"] == "not_applicable" else 2
                if found is None or found[:parts] != expected[:parts]:
                    problems.append(f"{result['check_id']}: {found} instead of {expected}")
    return problems


def main() -> None:
    """Perform again and exit with what differs."""
    parser = argparse.ArgumentParser(description="Perform the audit again · 复核审计")
    parser.add_argument("--dsn", help="address of the warehouse · 数据仓库地址")
    asked = parser.parse_args()
    evidence = json.loads((HERE / "evidence.json").read_text("utf-8"))
    problems = arithmetic(evidence) + (queries(evidence, asked.dsn) if asked.dsn else [])
    if problems:
        sys.exit("\n".join(problems))
    print(f"{len(evidence['results'])} checks, {len(evidence['reconciliation'])} reconciliations and "
          f"{len(evidence['sample'])} cells agree · 相符")  # fmt: skip


if __name__ == "__main__":
    main()
