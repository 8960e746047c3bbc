"""Expectation documents: what must hold of a load before it counts, one file per relation or table.

`expectations/<relation>.yml` holds for every load of that relation, `expectations/<publisher>/<table>.yml` in addition
for that table. Each names a Great Expectations class and says why.
"""

from typing import Any, Literal

from pydantic import Field

from shanhai.documents.terms import Bilingual, Strict


class Expectation(Strict):
    """One expectation; `critical` blocks the load, `warning` and `info` are reported."""

    expect: str = Field(pattern=r"^(Expect\w+|UnexpectedRowsExpectation)$", description="Great Expectations class")
    given: dict[str, Any] = Field({}, description="Its arguments")
    severity: Literal["critical", "warning", "info"] = "critical"
    why: Bilingual


class ExpectationDocument(Strict):
    """The expectations of one relation or table."""

    expectations: list[Expectation] = Field(min_length=1)
