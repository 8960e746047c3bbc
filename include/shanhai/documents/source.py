"""Source documents: how one published table reads, and which editions of it there are.

A document lives at `include/sources/<publisher>/<table>.yml`; its path is the table's id. Unknown keys are errors.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

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
SymbolMeaning = Literal[
    "below_unit", "cannot_exist", "not_available", "not_collected", "suppressed", "included_elsewhere", "ambiguous"
]
# Declared repairs of a text, applied in the order written; locators and `printed` stay those of the publication.
RepairStep = Literal["strip_pinyin", "traditional_to_simplified"]
# What a document may say of opening its carrier; any other carrier's option is an error.
_OPTIONS: dict[str, set[str]] = {
    "csv": {"encoding", "delimiter"},
    "xlsx": {"sheet", "hidden"},
    "xls": {"sheet", "hidden"},
    "html": {"encoding", "table"},
    "docx": {"table"},
    "pdf": {"page", "table", "ruled"},
    "json": {"encoding"},
    "text": {"encoding"},
}


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


class Statement(Reading):
    """A phrase as printed with its figures in braces: `地区生产总值{gdp}，比上年{gdp_real_growth}`."""

    says: str
    optional: bool = Field(False, description="Editions may lack it; otherwise its absence refuses the edition")


class Section(Reading):
    """A stretch of a text from its heading to the next section's, with what holds for all its statements."""

    heading: str
    statements: list[Statement]


class Edition(Reading):
    """One publication of the table: a file under `include/published/<publisher>/` and what is particular to it."""

    edition: str
    issue: int = Field(1, ge=1, description="2 where the publisher replaced the edition by other bytes; and so on")
    file: str
    sha256: Sha256
    sections: list[Section] = []
    statements: list[Statement] = []


class Label(Strict):
    """What a row label means when it is not a division of the register."""

    kind: SubjectKind | Literal["rank", "note"] = "division_group"
    name: str | None = None
    of: str | None = Field(None, description="Label of the row above that this row is part of (其中, #)")


class Layout(Strict):
    """Where head, labels and body of a grid stand; rows and columns count from 1."""

    sheet: str | None = Field(None, description="Sheet of a workbook; the first when none is named")
    page: int = Field(1, ge=1, description="Page of a PDF")
    table: int = Field(1, ge=1, description="Number of the table in the page or document")
    ruled: bool = Field(True, description="Whether lines part the columns of a PDF table; otherwise white space does")
    hidden: Hidden = Field("refuse", description="What to do with rows and columns that a workbook hides")
    first_row: int | None = Field(
        None, ge=1, description="First row of figures; that after the head when none is named"
    )
    last_row: int | None = Field(None, ge=1, description="Last row of figures, where more follows on the sheet")
    first_column: int = Field(1, ge=1, description="First column of the table, where others stand beside it")
    last_column: int | None = Field(None, ge=1, description="Last column of the table, where others stand beside it")
    head_rows: list[int]
    unit_row: int | None = Field(None, description="The head row that prints units, not names")
    remark_rows: list[int] = []
    label_column: str | None = Field(None, description="Head of the column with row labels")
    code_column: str | None = Field(None, description="Head of the column with division codes, where one is printed")
    within: str | None = Field(None, description="Province whose divisions the labels are")
    labels: dict[str, Label] = Field({}, description="Labels that are groups, ranks or notes")

    @model_validator(mode="after")
    def _is_in_order(self) -> "Layout":
        head = max(self.head_rows)
        if self.first_row is not None and self.first_row <= head:
            raise ValueError(f"first_row {self.first_row} is not below the head, which ends at row {head}")
        if self.last_row is not None and self.last_row < (self.first_row or head + 1):
            raise ValueError(f"last_row {self.last_row} is above the first row of figures")
        if self.last_column is not None and self.last_column < self.first_column:
            raise ValueError(f"last_column {self.last_column} is before first_column {self.first_column}")
        return self


class Column(Reading):
    """A column by its header path (`生产总值(亿元)>第一产业`) and what it holds."""

    head: str
    indicator: str | None = None
    field: str | None = Field(None, description="Column of a register relation")
    unit: str | None = Field(None, description="Only where the publication prints the unit nowhere")

    @model_validator(mode="after")
    def _holds_one_thing(self) -> "Column":
        if (self.indicator is None) == (self.field is None):
            raise ValueError(f"column {self.head!r} needs exactly one of `indicator` and `field`")
        return self


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
    retired: list[Retirement] = []

    @model_validator(mode="after")
    def _has_a_rhythm_or_a_reason(self) -> "Release":
        rhythm = [self.every, self.first, self.due_days]
        if self.irregular is None and None in rhythm:
            raise ValueError("a release needs `every`, `first` and `due_days`, or `irregular` with the reason")
        if self.irregular is not None and any(part is not None for part in rhythm):
            raise ValueError("an irregular release has neither `every` nor `first` nor `due_days`")
        return self


class SourceDocument(Reading):
    """How one published table reads."""

    title: Bilingual
    licence: str
    notes: str | None = None
    relation: str
    carrier: Carrier
    is_digest: bool = Field(False, description="Sections transcribe pages of their own: each is its own vintage set")
    encoding: Encoding = "utf-8"
    repair: list[RepairStep] = Field([], description="What is done to a damaged text before its phrases are looked for")
    delimiter: Delimiter = Field("comma", description="What parts the values of a csv carrier; TSV is `tab`")
    symbols: dict[str, SymbolMeaning]
    layout: Layout | None = Field(None, description="Where head, labels and body of a table stand; a text has none")
    columns: list[Column] = []
    ignored: list[str] = Field([], description="Header paths that are printed and not read")
    statements: list[Statement] = []
    release: Release | None = Field(None, description="When the table is due")
    editions: list[Edition] = Field(min_length=1)

    @model_validator(mode="after")
    def _fits_its_carrier(self) -> "SourceDocument":
        if self.carrier == "text":
            if self.layout or self.columns or self.ignored:
                raise ValueError("a text has statements, not a layout with columns")
        elif self.repair:
            raise ValueError("`repair` is for texts: the cells of a table are read as they are printed")
        elif any(edition.statements or edition.sections for edition in self.editions) or self.statements:
            raise ValueError("statements belong to texts")
        elif not self.columns or (self.layout is None) != (self.carrier == "json"):
            needs = (
                "`columns` by indicator code and no `layout`" if self.carrier == "json" else "`layout` and `columns`"
            )
            raise ValueError(f"a {self.carrier} table needs {needs}")
        said = self.model_fields_set | (self.layout.model_fields_set if self.layout else set())
        foreign = sorted(said & (set().union(*_OPTIONS.values()) - _OPTIONS[self.carrier]))
        if foreign:
            raise ValueError(f"a {self.carrier} carrier has no {', '.join(foreign)}")
        return self

    @model_validator(mode="after")
    def _names_each_edition_once(self) -> "SourceDocument":
        for name in {edition.edition for edition in self.editions}:
            issues = [edition for edition in self.editions if edition.edition == name]
            if [edition.issue for edition in issues] != list(range(1, len(issues) + 1)):
                raise ValueError(
                    f"editions are named twice: {name!r}; other bytes of an edition are its `issue: 2`, after the first"
                )
            if len({edition.sha256 for edition in issues}) != len(issues):
                raise ValueError(f"two issues of edition {name!r} are the same bytes")
        return self
