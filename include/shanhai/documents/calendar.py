"""The publication calendar: when a table is due, and what is never expected."""

from typing import Literal

from pydantic import Field, model_validator

from shanhai.documents.terms import Bilingual, Strict


class Retirement(Strict):
    """Periods for which nothing is expected, for ever, and why; an end that is left out is open."""

    first: str | None = Field(None, description="First period that is not expected")
    last: str | None = Field(None, description="Last period that is not expected")
    why: Bilingual


class Release(Strict):
    """When the table is due. A table without a rhythm says why; what it declares is expected all the same."""

    every: Literal["month", "quarter", "half_year", "year"] | None = None
    first: str | None = Field(None, description="First period that is expected: 2022, 2023-Q1, 2024-05")
    due_days: int | None = Field(None, ge=0, description="Days after a period's end within which it is published")
    load_days: int = Field(7, ge=0, description="Days after publication within which we load and release it")
    irregular: Bilingual | None = Field(None, description="Why there is no rhythm")
    retired: list[Retirement] = Field([])

    @model_validator(mode="after")
    def _has_a_rhythm_or_a_reason(self) -> "Release":
        rhythm = [self.every, self.first, self.due_days]
        if self.irregular is None and None in rhythm:
            raise ValueError("a release needs `every`, `first` and `due_days`, or `irregular` with the reason")
        if self.irregular is not None and any(part is not None for part in rhythm):
            raise ValueError("an irregular release has neither `every` nor `first` nor `due_days`")
        return self
