"""Terms that documents use, and the strict base of their parts."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Carrier = Literal["csv", "xlsx", "xls", "html", "docx", "pdf", "json", "text"]
# GB 18030 reads all that GBK and GB 2312 write; UTF-16 must bring its byte order mark.
Encoding = Literal["utf-8", "gb18030", "gbk", "utf-16"]
Delimiter = Literal["comma", "tab", "semicolon"]
Hidden = Literal["refuse", "read", "skip"]
EstimateRound = Literal["FLASH", "PRELIM", "FINAL", "CENSUS", "RECAST", "EVAL", "_Z"]
Accumulation = Literal["YTD", "DISC", "PIT", "AVG", "CUM"]
ObservationStatus = Literal["A", "B", "D", "E", "F", "G", "I", "N", "P", "U", "V"]
SubjectKind = Literal[
    "country", "division", "division_group", "programme", "park", "zone", "project", "enterprise", "pairing"
]
# What a printed mark means; domain rule: a document without a declared dictionary may not be loaded (S07).
# `no_change` (持平) is a growth of 0.0 and no missing value.
SymbolMeaning = Literal[
    "below_unit", "cannot_exist", "not_available", "not_collected", "suppressed", "included_elsewhere", "ambiguous",
    "no_change",
]  # fmt: skip
# Declared repairs of a text, applied in the order written; locators and `printed` stay those of the publication.
RepairStep = Literal["strip_pinyin", "traditional_to_simplified"]


class Strict(BaseModel):
    """A document part in which an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Bilingual(Strict):
    """One text for people, in both languages."""

    zh: str
    en: str


class Reading(Strict):
    """What may be said of figures at any level; the nearest level wins (statement, section, edition, table)."""

    subject: str | None = None
    subject_kind: SubjectKind | None = None
    counterpart: str | None = None
    period: str | None = Field(
        None, description="2023, 2023-Q3, 2023-S1, 2024-05, 2022-05-27, 2018..2023-02 (a window), previous or undated"
    )
    accum: Accumulation | None = None
    estimate_round: EstimateRound | None = None
    obs_status: ObservationStatus | None = None
    published_on: date | None = None
    comment: str | None = None
