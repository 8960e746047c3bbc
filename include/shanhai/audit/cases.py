"""The worked cases of the catalogue as relations: a case writes what matters, the rest has defaults."""

from calendar import monthrange
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from psycopg import Connection, sql
from psycopg.types.json import Jsonb

from shanhai.audit.quarter import Quarter
from shanhai.audit.scope import FACTS, PLANNING, Clock, composed
from shanhai.documents.check import Case, Check

_COUNTED = """
select count(*), count(*) filter (where is_failure), count(*) filter (where is_failure is null) from tested
"""

CLOCK = Clock(Quarter(2030, 1), date(2030, 5, 5))
_DEFAULTS: dict[str, Any] = {
    "subject_kind": "division", "division_code": "331125", "accum": "YTD", "freq": "A", "value_qualifier": "EXACT",
    "obs_status": "A", "conf_status": "F", "estimate_round": "PRELIM", "vintage_set_id": "case", "vintage_rank": 1,
    "is_for_readers": True, "unit_mult": 0, "unit_measure": "CNY", "table_id": "case/table", "edition": "case",
    "loaded_at": "2030-01-01T00:00:00Z", "coverage": "TOTAL", "load_id": 1,
}  # fmt: skip


def perform_case(connection: Connection, check: Check, case: Case) -> tuple[int, int]:
    """How many items the check's query makes of the case, and how many of them fail."""
    assert check.query is not None  # noqa: S101 - only queries have cases
    rows = {name: case.rows.get(name, []) for name in check.reads}
    for name, relation in check.reads.items():
        if relation == FACTS:
            rows[name] = observations(case)
    reads = {name: relation.replace("seeds/", "seed/") for name, relation in check.reads.items()}
    parameters: dict[str, Any] = {f"case_{name}": Jsonb(given) for name, given in rows.items()}

    def source(name: str, relation: str) -> sql.Composable:
        """Rows of the case, in the shape of the relation; a register's columns are text."""
        if relation.startswith("seed/"):
            columns = sorted({column for row in rows[name] for column in row})
            shape = sql.SQL(", ").join(sql.SQL("{} text").format(sql.Identifier(column)) for column in columns)
            return sql.SQL("select * from jsonb_to_recordset({}) as seed ({})").format(
                sql.Placeholder(f"case_{name}"), shape
            )
        return sql.SQL("select * from jsonb_populate_recordset(null::{}, {})").format(
            sql.Identifier(*relation.split(".")), sql.Placeholder(f"case_{name}")
        )

    statement, clock = composed(check.query, reads, CLOCK, source, _COUNTED)
    connection.execute(PLANNING)
    row = connection.execute(statement, parameters | clock).fetchone()
    assert row is not None  # noqa: S101 - an aggregate returns a row
    if row[2]:
        raise ValueError(f"{check.id}, case {case.name!r}: {row[2]} items are neither failures nor not")
    return int(row[0]), int(row[1])


def observations(case: Case) -> list[dict[str, Any]]:
    """The figures of a case as rows of the fact."""
    rows: list[dict[str, Any]] = []
    for group in case.observations:
        for indicator, given in group.figures.items():
            own = dict(given) if isinstance(given, Mapping) else {"obs_value": given}
            row = _DEFAULTS | dict(group.of) | {"indicator_code": indicator} | own
            rows.append(_completed(row, len(rows) + 1))
    return rows


def _completed(row: dict[str, Any], number: int) -> dict[str, Any]:
    """The row with what follows from what is given: value, decimals, period, keys."""
    if row.get("obs_value") is not None:
        printed = Decimal(str(row["obs_value"]))
        row["obs_value"] = str(printed)
        row.setdefault("decimals", max(0, -int(printed.as_tuple().exponent)))
        row.setdefault("value", str(printed.scaleb(int(row["unit_mult"]))))
    row.setdefault("printed", str(row.get("obs_value") or row.get("obs_text") or ""))
    if "period_end" not in row and row.get("time_period"):
        row["period_start"], row["period_end"] = _days(str(row["time_period"]))
        row["freq"] = {4: "A", 7: "Q"}.get(len(str(row["time_period"])), row["freq"])
    row.setdefault("observation_key", f"case-{number}")
    row.setdefault("locator", f"R{number}")
    row.setdefault("row_number", number)
    row.setdefault("publication_sha256", "0" * 64)
    row.setdefault("division_key", row.get("division_code"))
    if row["subject_kind"] != "division":
        row["division_code"] = row["division_key"] = None
    return row


def _days(period: str) -> tuple[str, str]:
    """First and last day of 2023, 2023-S1, 2023-Q3 (year to date) or 2023-02."""
    year, _, part = period.partition("-")
    last = {"": 12, "S1": 6, "S2": 12, "Q1": 3, "Q2": 6, "Q3": 9, "Q4": 12}.get(part) or int(part)
    first = int(part) if part.isdigit() else 1
    return f"{year}-{first:02}-01", f"{year}-{last:02}-{monthrange(int(year), last)[1]:02}"
