"""Source documents: how one published table reads, and which editions of it there are.

A document lives at `include/sources/<publisher>/<table>.yml`; its path is the table's id. Unknown keys are errors.
"""

from pydantic import Field, model_validator

from shanhai.documents.calendar import Release
from shanhai.documents.layout import Column, Layout, Misprint, TableRow
from shanhai.documents.terms import (
    Bilingual,
    Carrier,
    Delimiter,
    Encoding,
    Reading,
    RepairStep,
    Sha256,
    SymbolMeaning,
)

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
    sections: list[Section] = Field([])
    statements: list[Statement] = Field([])
    misprints: list[Misprint] = Field([], description="Rows printed wrongly, left out and counted; any other refuses")


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
    columns: list[Column] = Field([])
    ignored: list[str] = Field([], description="Header paths that are printed and not read")
    rows: list[TableRow] = Field([], description="Rows by the label in `indicator_column`, where rows name indicators")
    ignored_rows: list[str] = Field([], description="Labels in `indicator_column` that are printed and not read")
    statements: list[Statement] = Field([])
    release: Release | None = Field(None, description="When the table is due")
    editions: list[Edition] = Field(min_length=1)

    @property
    def headings(self) -> set[str]:
        """Labels of rows that say what the columns hold under them."""
        return {heading for column in self.columns for heading in column.indicators}

    @model_validator(mode="after")
    def _fits_its_carrier(self) -> "SourceDocument":
        if self.carrier == "text":
            if self.layout or self.columns or self.ignored or self.rows or self.ignored_rows:
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
        self._check_indicators()
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

    def _check_indicators(self) -> None:
        """Either columns name what they hold, or rows do; raises ValueError otherwise."""
        by_rows = self.layout is not None and self.layout.indicator_column is not None
        if by_rows != bool(self.rows):
            raise ValueError(
                "`rows` and `layout.indicator_column` go together: the column prints the labels of the rows"
            )
        if self.ignored_rows and not by_rows:
            raise ValueError("`ignored_rows` are labels in `layout.indicator_column`")
        for column in self.columns:
            named = column.indicator or column.field or ", ".join(column.indicators.values())
            if by_rows and named:
                raise ValueError(f"column {column.head!r} names {named!r}, and so do the `rows`: use `measure`")
            if not by_rows and not named:
                raise ValueError(f"column {column.head!r} needs exactly one of `indicator` and `field`")
        if len({frozenset(column.indicators) for column in self.columns if column.field is None}) > 1:
            raise ValueError("columns name `indicators` by heading under the same headings, each of them")
        measures = {column.measure for column in self.columns}
        for row in self.rows:
            if strange := sorted(set(row.indicators) - measures):
                raise ValueError(f"row {row.label!r}: no column has the measure {', '.join(strange)}")
            if row.indicator and len(measures) > 1:
                raise ValueError(f"row {row.label!r} needs `indicators` by measure: the columns have {len(measures)}")
