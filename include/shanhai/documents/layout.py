"""Where head, labels and figures of a table stand, and what its columns and rows hold."""

from typing import Literal

from pydantic import Field, model_validator

from shanhai.documents.terms import Hidden, Reading, Strict, SubjectKind

# What a head or a row label may hold in braces, beside the words that it always prints.
PLACEHOLDERS = ("period", "subject", "counterpart")


class Label(Strict):
    """What a row label means when it is not a division of the register."""

    kind: SubjectKind | Literal["rank", "note"] = "division_group"
    name: str | None = None
    of: str | None = Field(None, description="Label of the row above that this row is part of (其中, #)")


class Block(Strict):
    """A further stretch of the same table (续表): beside, under or on another page. What is not said is as before."""

    sheet: str | None = None
    page: int | None = Field(None, ge=1)
    table: int | None = Field(None, ge=1)
    first_row: int | None = Field(None, ge=1)
    last_row: int | None = Field(None, ge=1)
    first_column: int | None = Field(None, ge=1)
    last_column: int | None = Field(None, ge=1)
    head_rows: list[int] | None = None
    unit_row: int | None = None
    unit_line: int | None = None
    remark_rows: list[int] | None = None
    columns: list[str] | None = Field(None, description="Heads printed here, where not all are")


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
    head_rows: list[int] = Field(min_length=1)
    head_repeats: bool = Field(False, description="Whether the head is printed again between rows of figures")
    unit_row: int | None = Field(None, description="The head row that prints units, not names")
    unit_line: int | None = Field(
        None, ge=1, description="The row that prints the unit of the whole table (单位：万元)"
    )
    remark_rows: list[int] = Field([])
    columns: list[str] | None = Field(None, description="Heads printed in the first stretch, where not all are")
    continued: list[Block] = Field([], description="Further stretches of the table (续表), in order")
    fill_down: list[str] = Field([], description="Heads of columns whose blank cells mean the cell above them")
    label_column: str | None = Field(
        None, description="Head of the column with row labels; empty for a first column without one"
    )
    code_column: str | None = Field(None, description="Head of the column with division codes, where one is printed")
    indicator_column: str | None = Field(
        None, description="Head of the column that names a row's indicator; see `rows`"
    )
    unit_column: str | None = Field(None, description="Head of the column with the unit of each row")
    period_column: str | None = Field(None, description="Head of the column with the period of each row (年份, 季度)")
    province_column: str | None = Field(None, description="Head of the column that says whose divisions the labels are")
    within: str | list[str] | None = Field(
        None,
        description="Province whose divisions the labels are; or provinces to read, where `province_column` tells them "
        "(rows of any other are left out and counted)",
    )
    labels: dict[str, Label] = Field({}, description="Labels that are groups, ranks or notes")

    @property
    def provinces(self) -> list[str]:
        """The provinces of `within`; empty where none is named."""
        return [] if self.within is None else [self.within] if isinstance(self.within, str) else self.within

    @property
    def row_columns(self) -> list[str]:
        """Heads of the columns that say something of a row and hold no figures."""
        named = [self.label_column, self.code_column, self.indicator_column]
        named += [self.unit_column, self.period_column, self.province_column]
        return [head for head in named if head is not None]

    @property
    def naming_columns(self) -> list[str]:
        """Heads of the columns that say what a row is of; a table of figures needs one."""
        named = (self.label_column, self.indicator_column, self.period_column)
        return [head for head in named if head is not None]

    def stretches(self) -> list["Layout"]:
        """The layout of each stretch of the table, this one first."""
        said = [block.model_dump(exclude_unset=True) for block in self.continued]
        return [self, *(self.model_validate(self._inherited(block) | block) for block in said)]

    def _inherited(self, block: dict[str, object]) -> dict[str, object]:
        """What a stretch has of the first: all but its extent, where the stretch has a head of its own."""
        inherited = self.model_dump(exclude={"continued", "columns"}, exclude_unset=True)
        elsewhere = ("first_row", "last_row") if block.keys() & {"head_rows", "sheet", "page", "table"} else ()
        own_head = ("unit_row", "remark_rows") if "head_rows" in block else ()
        return {key: value for key, value in inherited.items() if key not in (*elsewhere, *own_head)}

    @model_validator(mode="after")
    def _is_in_order(self) -> "Layout":
        head = max(self.head_rows)
        if self.first_row is not None and self.first_row <= head:
            raise ValueError(f"first_row {self.first_row} is not below the head, which ends at row {head}")
        if self.last_row is not None and self.last_row < (self.first_row or head + 1):
            raise ValueError(f"last_row {self.last_row} is above the first row of figures")
        if self.last_column is not None and self.last_column < self.first_column:
            raise ValueError(f"last_column {self.last_column} is before first_column {self.first_column}")
        if isinstance(self.within, list) and self.province_column is None:
            raise ValueError("`within` is a list only where `province_column` tells the province of each row")
        if strange := [head for head in self.fill_down if head not in self.row_columns]:
            raise ValueError(f"`fill_down` is for the columns that say something of a row, not for {strange}")
        self.stretches()  # a stretch that is not in order is an error of the document
        return self


class Column(Reading):
    """A column by its header path (`生产总值(亿元)>第一产业`) and what it holds.

    A path with `{period}`, `{subject}` or `{counterpart}` stands for every printed head of that form.
    """

    head: str
    indicator: str | None = None
    indicators: dict[str, str] = Field(
        {}, description="Indicator by the heading that a row stands under; `ignored` for figures that are not read"
    )
    field: str | None = Field(None, description="Column of a register relation")
    measure: str | None = Field(
        None, description="Which of a row's `indicators` the column holds, where the rows name them: level, growth"
    )
    unit: str | None = Field(None, description="Only where the publication prints the unit nowhere")

    @model_validator(mode="after")
    def _holds_one_thing(self) -> "Column":
        said = [name for name in ("indicator", "indicators", "field", "measure") if getattr(self, name)]
        if len(said) > 1:
            raise ValueError(f"column {self.head!r} needs exactly one of `indicator` and `field`, not {said}")
        return self


class TableRow(Reading):
    """A row by its label in the indicator column and what it holds; one without an indicator is a heading.

    A heading with `{subject}` or `{period}` says it of the rows under it.
    """

    label: str
    under: str | None = Field(
        None, description="The heading that this row stands under, where a label is printed twice"
    )
    of: str | None = Field(None, description="Label of the row above that this row is part of (其中, #)")
    indicator: str | None = None
    indicators: dict[str, str] = Field(
        {}, description="Indicator by the `measure` of the column; `ignored` for figures that are not read"
    )
    unit: str | None = Field(None, description="Only where the publication prints the unit nowhere")

    @property
    def is_heading(self) -> bool:
        """Whether the row holds no figures."""
        return self.indicator is None and not self.indicators

    @model_validator(mode="after")
    def _holds_one_thing(self) -> "TableRow":
        if self.indicator and self.indicators:
            raise ValueError(f"row {self.label!r} has `indicator` or `indicators`, not both")
        return self


class Misprint(Strict):
    """A row that the publication prints wrongly and that is left out, by name and with the reason."""

    row: int = Field(ge=1, description="Number of the row")
    label: str
    reason: str = Field(min_length=5, description="What is wrong with it, for people")
