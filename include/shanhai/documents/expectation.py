"""Expectation documents: what must hold of a load before it counts, one file per relation or table.

`expectations/<relation>.yml` holds for every load of that relation, `expectations/<publisher>/<table>.yml` in addition
for that table. Each names a Great Expectations class and says why.
"""

import re
from typing import Any, Literal

from pydantic import Field, model_validator

from shanhai.documents.terms import Bilingual, Strict

ID_PATTERN = r"^([A-Z]{1,2}\d{2}(_[a-z0-9]+)*|[a-z][a-z0-9]*(_[a-z0-9]+)*)$"


class Expectation(Strict):
    """One expectation: an `error` keeps the load in quarantine, a `warning` flags its rows, an `info` is reported.

    A query of an UnexpectedRowsExpectation selects `row_number` first, so that failing rows can be shown as printed;
    without it what the query selects is itself the key of the failure.
    """

    id: str = Field(
        pattern=ID_PATTERN,
        description="Stable name: the check of the catalogue (K02_status), else a slug; waivers name it",
    )
    expect: str = Field(pattern=r"^(Expect\w+|UnexpectedRowsExpectation)$", description="Great Expectations class")
    given: dict[str, Any] = Field({}, description="Its arguments")
    severity: Literal["error", "warning", "info"] = "error"
    why: Bilingual

    @model_validator(mode="after")
    def _sees_every_row(self) -> "Expectation":
        if hiding := sorted({"mostly", "row_condition", "ignore_row_if"} & set(self.given)):
            # What only holds of some rows says so in a query; a row that may fail has a waiver.
            raise ValueError(f"{', '.join(hiding)}: an expectation holds of every row of the load")
        if self.expect == "ExpectCompoundColumnsToBeUnique":
            # For it, rows with a null in one of the columns never agree; and it takes minutes on a large load.
            raise ValueError("count rows over a partition by the columns instead, in an UnexpectedRowsExpectation")
        return self

    @property
    def names_rows(self) -> bool:
        """Whether what it objects to is rows of the load, and not the load as a whole."""
        if self.expect == "UnexpectedRowsExpectation":
            return bool(
                re.match(r"\s*select\s+row_number\b", str(self.given.get("unexpected_rows_query")), re.IGNORECASE)
            )
        return self.expect.startswith("ExpectColumnValues")


class ExpectationDocument(Strict):
    """The expectations of one relation or table."""

    expectations: list[Expectation] = Field(min_length=1)

    @model_validator(mode="after")
    def _names_each_once(self) -> "ExpectationDocument":
        ids = [expectation.id for expectation in self.expectations]
        if len(ids) != len(set(ids)):
            raise ValueError(f"ids stand twice: {sorted({i for i in ids if ids.count(i) > 1})}")
        return self
