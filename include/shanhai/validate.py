"""The gate of a load: Great Expectations on exactly its rows; the verdict is stored, and anything unclear is a no.

Great Expectations takes seconds to import and is therefore imported inside the functions that need it.
"""

import hashlib
import os
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from psycopg.types.json import Jsonb

from shanhai import settings
from shanhai.documents.catalogue import sha256_of
from shanhai.documents.expectation import Expectation, ExpectationDocument
from shanhai.documents.yaml_file import load_document
from shanhai.library import Library
from shanhai.warehouse.connection import connect

if TYPE_CHECKING:
    from great_expectations.core import ExpectationSuiteValidationResult

os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")


class LoadRejectedError(RuntimeError):
    """The load did not pass its gate; the message says which expectation failed where."""


@dataclass(frozen=True)
class Load:
    """What the gate needs to know of a load."""

    load_id: int
    table_id: str
    edition: str
    relation: str
    rows_staged: int


def suite_files(relation: str, table_id: str) -> list[Path]:
    """The documents that hold for a load: of its relation, and of its table where there is one."""
    root = settings.EXPECTATIONS
    return [file for file in (root / f"{relation}.yml", root / f"{table_id}.yml") if file.exists()]


def suite_sha256(relation: str, table_id: str) -> str | None:
    """Hash of those documents; None when there is none."""
    files = suite_files(relation, table_id)
    return hashlib.sha256("".join(sha256_of(file) for file in files).encode()).hexdigest() if files else None


def suite_of(relation: str, table_id: str) -> list[Expectation]:
    """The expectations of those documents; empty when there is none."""
    documents = [load_document(file, ExpectationDocument, numbers=True) for file in suite_files(relation, table_id)]
    return [expectation for document in documents for expectation in document.expectations]


def validate_load(load_id: int, library: Library | None = None) -> None:
    """Run the load's suite and store the verdict; raises LoadRejectedError unless the load is accepted."""
    load = _load(load_id)
    suite: list[Expectation] = []
    results: list[dict[str, Any]] = []
    try:
        suite = suite_of(load.relation, load.table_id)
        results = [_entry(e, r) for e, r in _run(load, suite, library or Library.open())] if suite else []
        objection = _objection(suite, results) if suite else f"there are no expectations for {load.relation}"
    except Exception as error:  # a gate that breaks must close, whatever broke it
        objection = f"the gate itself failed: {error!r}"
    _store(load, len(suite), results, objection)
    if objection:
        raise LoadRejectedError(f"{load.table_id}, edition {load.edition}, load {load_id}: {objection}")


def _load(load_id: int) -> Load:
    with connect() as connection:
        row = connection.execute(
            "select load_id, table_id, edition, relation, rows_staged from ops.loads where load_id = %s", (load_id,)
        ).fetchone()
    if row is None:
        raise LoadRejectedError(f"there is no load {load_id}")
    return Load(*row)


def _run(
    load: Load, suite: list[Expectation], library: Library
) -> "list[tuple[Expectation, ExpectationSuiteValidationResult]]":
    """Each declared expectation with its result; in an ephemeral context, on one batch: this load."""
    import great_expectations as gx
    import great_expectations.expectations as gxe

    # Built before it is run, so that a misspelt expectation is an error, never an empty suite that passes.
    # Results come back in an order of their own; `meta` tells which is whose.
    built = [
        getattr(gxe, e.expect)(**e.given, severity=e.severity, meta={"position": position})
        for position, e in enumerate(suite)
    ]
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    address = settings.warehouse_url("pipeline").render_as_string(hide_password=False)
    source = context.data_sources.add_or_update_postgres(
        "warehouse", connection_string=address, create_temp_table=False
    )
    # The load is an integer that Postgres made and the relation one that `load.py` staged into: nothing of a
    # publication enters this statement.
    query = f"select * from staging.{load.relation} where load_id = {load.load_id:d}"  # noqa: S608
    batch = source.add_query_asset("load", query=query).add_batch_definition_whole_table("load").get_batch()
    parameters = {
        "rows_staged": load.rows_staged,
        "indicator_codes": sorted(library.reference.indicators),
        "unit_measures": sorted({unit.unit_measure for unit in library.reference.units.values()} | {"TEXT"}),
    }
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            result = batch.validate(
                gx.ExpectationSuite(name="load", expectations=built),
                expectation_parameters=parameters,
                result_format="SUMMARY",
            )
    finally:
        # Great Expectations keeps its connections for as long as the process lives.
        source.get_execution_engine().close()
        source.get_engine().dispose()
    ordered = sorted(result.results, key=lambda r: r.expectation_config.meta["position"])
    return [(suite[r.expectation_config.meta["position"]], r) for r in ordered]


def _entry(expectation: Expectation, result: Any) -> dict[str, Any]:
    """What the ledger keeps of one result."""
    exception = _exception(result.exception_info)
    observed = result.result or {}
    return {
        "expect": expectation.expect,
        "given": expectation.given,
        "severity": expectation.severity,
        "why": expectation.why.model_dump(),
        "success": bool(result.success) and exception is None,
        "exception": exception,
        "unexpected_count": observed.get("unexpected_count"),
        "observed_value": _plain(observed.get("observed_value")),
        "sample": [_plain(value) for value in (observed.get("partial_unexpected_list") or [])[:20]],
    }


def _exception(information: dict[str, Any] | None) -> str | None:
    """The message of the exception that an expectation raised; Great Expectations nests it per metric."""
    if not information:
        return None
    if "raised_exception" in information:
        return str(information["exception_message"])[:2000] if information["raised_exception"] else None
    return next((m for part in information.values() if isinstance(part, dict) and (m := _exception(part))), None)


def _objection(suite: list[Expectation], results: list[dict[str, Any]]) -> str | None:
    """Why the load is not accepted, or None when every blocking expectation ran and held."""
    if len(results) != len(suite):
        return f"{len(suite)} expectations are declared and {len(results)} ran"
    broken = [entry for entry in results if entry["exception"]]
    if broken:
        return f"{broken[0]['expect']} {broken[0]['given']} could not run: {broken[0]['exception'][:300]}"
    failed = [entry for entry in results if not entry["success"] and entry["severity"] == "critical"]
    if failed:
        worst = failed[0]
        found = worst["sample"] or worst["observed_value"]
        return f"{len(failed)} blocking expectations failed; {worst['why']['en']} · {worst['why']['zh']}; found {found}"
    return None


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    return str(value)


def _store(load: Load, declared: int, results: list[dict[str, Any]], objection: str | None) -> None:
    with connect() as connection:
        connection.execute(
            """
            insert into ops.verdicts
                (load_id, is_accepted, reason, suite_sha256, expectations_declared, expectations_run, results)
            values (%s, %s, %s, %s, %s, %s, %s)
            """,
            (load.load_id, objection is None, objection or "every blocking expectation held",
             suite_sha256(load.relation, load.table_id), declared, len(results), Jsonb(results)),
        )  # fmt: skip
