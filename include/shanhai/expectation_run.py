"""Runs expectations with Great Expectations on exactly one load, and finds the rows each of them objects to.

Great Expectations takes seconds to import and is therefore imported inside the functions that need it; one runner
serves many loads.
"""

import os
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from psycopg import Connection, sql
from psycopg.rows import dict_row

from shanhai import settings
from shanhai.documents.expectation import Expectation
from shanhai.warehouse.connection import connect
from shanhai.warehouse.tables import key_columns

if TYPE_CHECKING:
    from great_expectations.core import ExpectationSuiteValidationResult

os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")

KEPT_ROWS = 1000
_SAMPLE = 20
# This project's severities are those of the catalogue of checks; Great Expectations calls what blocks critical.
_SEVERITIES = {"error": "critical", "warning": "warning", "info": "info"}


@dataclass(frozen=True)
class Load:
    """What the gate needs to know of a load."""

    load_id: int
    table_id: str
    edition: str
    relation: str
    rows_staged: int
    loaded_by: str


@dataclass(frozen=True)
class FailingRow:
    """A row an expectation objects to; `row_number` and `locator` are None where it objects to many at once."""

    keys: dict[str, Any]
    row_number: int | None
    locator: str | None
    found: dict[str, Any]


@dataclass(frozen=True)
class Outcome:
    """What one expectation said. Broken, with `exception`, is neither held nor violated."""

    expectation: Expectation
    success: bool
    exception: str | None
    unexpected_count: int | None
    observed_value: Any
    sample: list[Any]
    failing: list[FailingRow] = field(default_factory=list)
    failing_is_complete: bool = True

    @property
    def is_violated(self) -> bool:
        """Whether it ran and did not hold."""
        return not self.success and self.exception is None


class ExpectationRunner:
    """An ephemeral context of Great Expectations with one connection to the warehouse; a context manager."""

    def __enter__(self) -> Self:
        import great_expectations as gx

        context = gx.get_context(mode="ephemeral")
        context.variables.progress_bars = {"globally": False}
        address = settings.warehouse_url("pipeline").render_as_string(hide_password=False)
        self._source = context.data_sources.add_or_update_postgres(
            "warehouse", connection_string=address, create_temp_table=False
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Great Expectations keeps its connections for as long as the process lives.
        self._source.get_execution_engine().close()
        self._source.get_engine().dispose()

    def run(self, load: Load, suite: list[Expectation], parameters: Mapping[str, Any]) -> list[Outcome]:
        """Each expectation with its outcome, in the order of the suite; one that did not run is not among them."""
        outcomes = [_outcome(suite[position], result) for position, result in self._validate(load, suite, parameters)]
        violated = [outcome for outcome in outcomes if outcome.is_violated]
        if not violated:
            return outcomes
        found = self._failing(load, [outcome.expectation for outcome in violated], parameters)
        return [
            _with_failing(outcome, found[outcome.expectation.id]) if outcome.is_violated else outcome
            for outcome in outcomes
        ]

    def _validate(
        self, load: Load, suite: list[Expectation], parameters: Mapping[str, Any], row_numbers: bool = False
    ) -> "list[tuple[int, ExpectationSuiteValidationResult]]":
        import great_expectations as gx
        import great_expectations.expectations as gxe

        # Built before it is run, so that a misspelt expectation is an error, never an empty suite that passes.
        # Results come back in an order of their own; `meta` tells which is whose.
        built = [
            getattr(gxe, e.expect)(**e.given, severity=_SEVERITIES[e.severity], meta={"position": position})
            for position, e in enumerate(suite)
        ]
        name = f"load_{load.load_id:d}"
        asset = self._source.add_query_asset(name, query=_batch(load))
        batch = asset.add_batch_definition_whole_table(name).get_batch()
        form: Any = "SUMMARY"
        if row_numbers:
            form = {"result_format": "SUMMARY", "partial_unexpected_count": KEPT_ROWS + 1,
                    "unexpected_index_column_names": ["row_number"]}  # fmt: skip
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                result = batch.validate(
                    gx.ExpectationSuite(name=name, expectations=built),
                    expectation_parameters=dict(parameters),
                    result_format=form,
                )
        finally:
            self._source.delete_asset(name)
        return sorted(
            ((r.expectation_config.meta["position"], r) for r in result.results), key=lambda found: int(found[0])
        )

    def _failing(
        self, load: Load, violated: list[Expectation], parameters: Mapping[str, Any]
    ) -> dict[str, list[FailingRow]]:
        """The rows, at most one more than is kept; asked for only where something failed, for it costs scans."""
        by_query = [e for e in violated if e.expect == "UnexpectedRowsExpectation"]
        by_column = [e for e in violated if e not in by_query]
        found: dict[str, list[FailingRow]] = {}
        with connect() as connection:
            for expectation in by_query:
                found[expectation.id] = _rows_of_query(connection, load, expectation)
            if by_column:
                for position, result in self._validate(load, by_column, parameters, row_numbers=True):
                    numbers = [row["row_number"] for row in result.result.get("partial_unexpected_index_list") or []]
                    found[by_column[position].id] = _rows_at(connection, load, numbers, by_column[position].given)
        return found


def _batch(load: Load) -> str:
    # The load is an integer that Postgres made and the relation one that `load.py` staged into: nothing of a
    # publication enters this statement.
    return f"select * from staging.{load.relation} where load_id = {load.load_id:d}"  # noqa: S608


def _rows_of_query(connection: Connection, load: Load, expectation: Expectation) -> list[FailingRow]:
    query = expectation.given["unexpected_rows_query"].format(batch=f"({_batch(load)}) as batch")
    with connection.cursor(row_factory=dict_row) as cursor:
        # The query is one of this project's own expectation documents.
        rows = cursor.execute(f"select * from ({query}) as unexpected limit {KEPT_ROWS + 1}").fetchall()  # noqa: S608
    if rows and "row_number" in rows[0]:
        found = {int(row.pop("row_number")): _plain(row) for row in rows}
        return _rows_at(connection, load, found, found)
    return [FailingRow(_plain(row), None, None, _plain(row)) for row in rows]


def _rows_at(connection: Connection, load: Load, numbers: Iterable[int], given: Mapping[Any, Any]) -> list[FailingRow]:
    """Keys and places of rows of the load; what is found of one is what a query selected, else the column it judged."""
    keys = key_columns(load.relation)
    judged = [given["column"]] if "column" in given else list(given.get("column_list", ()))
    statement = sql.SQL("""
    select row_number, locator, to_jsonb(staged) as content from staging.{} as staged
    where load_id = %s and row_number = any(%s) order by row_number
    """).format(sql.Identifier(load.relation))
    return [
        FailingRow(
            {key: _plain(content[key]) for key in keys},
            number,
            locator,
            given[number] if number in given else {c: _plain(content[c]) for c in dict.fromkeys([*judged, "printed"])
                                                   if c in content},
        )
        for number, locator, content in connection.execute(statement, (load.load_id, list(numbers)))
    ]  # fmt: skip


def _with_failing(outcome: Outcome, rows: list[FailingRow]) -> Outcome:
    """Where no row can be named, the failure is about the load as a whole and its key is what was observed."""
    if not rows:
        observed = {"observed_value": outcome.observed_value}
        rows = [FailingRow(observed, None, None, observed)] if not outcome.unexpected_count else []
        is_complete = not outcome.unexpected_count
    else:
        is_complete = len(rows) <= KEPT_ROWS
    return Outcome(
        outcome.expectation, outcome.success, outcome.exception, outcome.unexpected_count, outcome.observed_value,
        outcome.sample, rows[:KEPT_ROWS], is_complete,
    )  # fmt: skip


def _outcome(expectation: Expectation, result: Any) -> Outcome:
    exception = _exception(result.exception_info)
    observed = result.result or {}
    return Outcome(
        expectation=expectation,
        success=bool(result.success) and exception is None,
        exception=exception,
        unexpected_count=observed.get("unexpected_count"),
        observed_value=_plain(observed.get("observed_value")),
        sample=[_plain(value) for value in (observed.get("partial_unexpected_list") or [])[:_SAMPLE]],
    )


def _exception(information: dict[str, Any] | None) -> str | None:
    """The message of the exception that an expectation raised; Great Expectations nests it per metric."""
    if not information:
        return None
    if "raised_exception" in information:
        return str(information["exception_message"])[:2000] if information["raised_exception"] else None
    return next((m for part in information.values() if isinstance(part, dict) and (m := _exception(part))), None)


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    return str(value)
