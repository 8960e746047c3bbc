"""Waiver documents: failures of one table that somebody answers for until a day, `expectations/waivers/<table id>.yml`.

A waiver names the expectation, the keys it holds for, owner, reason and last day. It holds for exactly those keys; a
column that a key leaves out is empty in the row. Every scalar is text, as in source documents.
"""

from datetime import date
from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from shanhai.documents.expectation import ID_PATTERN
from shanhai.documents.terms import Strict

Said = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Key = Annotated[dict[str, Said], Field(min_length=1)]


class StandingWaiver(Strict):
    """One waiver; `expires_on` is the last day on which it holds."""

    id: str = Field(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$", description="Names the waiver in its document")
    expectation: str = Field(pattern=ID_PATTERN, description="Id of the expectation that may fail")
    keys: list[Key] = Field(min_length=1, description="The rows it holds for, and no other: column → value as text")
    owner: Said = Field(description="Who answers for it")
    reason: Said
    granted_by: Said = Field(description="Account of the person who grants it; never the one who loads")
    expires_on: date


class WaiverDocument(Strict):
    """The standing waivers of one table."""

    waivers: list[StandingWaiver] = Field(min_length=1)

    @model_validator(mode="after")
    def _names_each_once(self) -> "WaiverDocument":
        ids = [waiver.id for waiver in self.waivers]
        if len(ids) != len(set(ids)):
            raise ValueError(f"ids stand twice: {sorted({i for i in ids if ids.count(i) > 1})}")
        return self
