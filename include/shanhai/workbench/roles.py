"""What each cell of a published table is to its document: head, unit, label, figure, or left out, and why."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from shanhai.carriers.grid import Cell, Grid
from shanhai.documents.layout import Layout
from shanhai.errors import PublicationError
from shanhai.grammar.heads import HeadPaths
from shanhai.grammar.labels import is_note
from shanhai.grammar.patterns import tight
from shanhai.reading.blocks import TableBlock
from shanhai.reading.edition import EditionReader
from shanhai.reading.publication import Row


class Role(StrEnum):
    """What a cell is to the document."""

    HEAD = "head"
    UNIT = "unit"
    LABEL = "label"
    CODE = "code"
    FIGURE = "figure"
    MISSING = "missing"
    IGNORED = "ignored"
    UNREAD = "unread"
    REFUSED = "refused"


@dataclass(frozen=True)
class LeftOut:
    """Something printed that is not read; `cells` counts those that print something."""

    what: str
    why: str
    cells: int


class Stretch:
    """A stretch of the table on the sheet that is drawn: where its heads, labels and figures stand."""

    def __init__(self, block: TableBlock) -> None:
        self.layout = block.layout
        document = block.publication.document
        try:
            self.heads: HeadPaths | None = block.heads
        except PublicationError:
            self.heads = None
        self.body = set(self.heads.body_rows()) if self.heads else set()
        self.read = {
            head.column
            for column in document.columns
            if self.heads and block.prints(column.head)
            for head in self.heads.printed(column.head)
        }
        self.ignored = {
            head.column: declared
            for declared in document.ignored
            if self.heads and block.prints(declared)
            for head in self.heads.printed(declared)
        }
        self.code = self._position(self.layout.code_column)
        self.label = self._position(next(iter(self.layout.naming_columns), None))
        self.labels = {self._position(head) for head in self.layout.row_columns} - {self.code, 0}

    @property
    def known(self) -> set[int]:
        """Columns that are read or declared."""
        return self.read | set(self.ignored) | self.labels | {self.code}

    def holds(self, row: int, column: int, width: int) -> bool:
        """Whether a cell is of this stretch, its head among it."""
        last = self.layout.last_row
        under_head = row >= min(self.layout.head_rows) and (last is None or row <= last)
        return under_head and self.layout.first_column <= column <= (self.layout.last_column or width)

    def _position(self, head: str | None) -> int:
        return 0 if self.heads is None or head is None else self.heads.position(head)


class CellRoles:
    """The role of every cell of an edition's grid, as far as it could be read."""

    def __init__(self, reader: EditionReader, rows: list[Row], refusal: PublicationError | None) -> None:
        document = reader.source.document
        assert document.layout  # noqa: S101 - the model demands a layout of every table
        self._layout: Layout = document.layout
        self._by_locator = {str(row["locator"]): row for row in rows}
        self._is_register = document.relation != "observations"
        self._refusal = refusal
        self._labels = {tight(label): meaning for label, meaning in self._layout.labels.items()}
        self._ignored_rows = {tight(label) for label in document.ignored_rows}
        self._headings = {tight(row.label) for row in document.rows if row.is_heading}
        self._headings |= {tight(heading) for heading in document.headings}
        try:
            self.grid = reader.grid
            self._stretches = [Stretch(block) for block in reader.publication.blocks if block.grid is self.grid]
        except PublicationError:
            self.grid, self._stretches = Grid([]), []

    def of(self, row: int, column: int) -> Role:
        """The role of one cell."""
        cell = self.grid.cell(row, column)
        stretch = self._stretch(row, column)
        if self.is_refused(row, column) or self._is_blamed(cell, row, stretch, column):
            return Role.REFUSED
        if stretch is None:
            return Role.UNIT if row == self._layout.unit_line else Role.IGNORED
        if row == stretch.layout.unit_row:
            return Role.UNIT
        if row in stretch.layout.remark_rows:
            return Role.IGNORED
        if row <= max(stretch.layout.head_rows):
            return Role.HEAD
        if stretch.heads is None:
            return Role.UNREAD
        left_out = row not in stretch.body or self._left_out_row(row, stretch)
        if left_out or column in stretch.ignored or column not in stretch.known:
            return Role.IGNORED
        if column == stretch.code:
            return Role.CODE
        return Role.LABEL if column in stretch.labels else self._figure(cell, row)

    def _stretch(self, row: int, column: int) -> Stretch | None:
        """The stretch that a cell is of: of those whose head stands above it, the nearest."""
        holding = [each for each in self._stretches if each.holds(row, column, self.grid.width)]
        return max(holding, key=lambda each: min(each.layout.head_rows), default=None)

    def is_refused(self, row: int, column: int) -> bool:
        """Whether the refusal names this cell, or a head that it does not know."""
        place, cell = self._refusal.place if self._refusal else "", self.grid.cell(row, column)
        if place == "the head" and cell and any(row in each.layout.head_rows for each in self._stretches):
            return tight(cell.text) in self._strange_heads
        if cell and place.startswith(f"cell {cell.locator} ("):
            return True
        return place.startswith(f"cell row {row}, column {column} (")

    def _is_blamed(self, cell: Cell | None, row: int, stretch: Stretch | None, column: int) -> bool:
        """Whether this is the label that a figure is refused for: its name is quoted in the reason."""
        if cell is None or stretch is None or column != stretch.label or not self._refusal:
            return False
        return row == self._refused_row and repr("".join(cell.text.split())) in self._refusal.problem

    @cached_property
    def _refused_row(self) -> int:
        place = self.refused_cell()
        return place[0] if place else 0

    def refused_cell(self) -> tuple[int, int] | None:
        """Row and column of the first refused cell; None when the refusal is of no cell."""
        if self._refusal is None:
            return None
        named = re.match(r"cell row (\d+), column (\d+) \(", self._refusal.place)
        if named:
            return int(named[1]), int(named[2])
        for row in range(1, len(self.grid.rows) + 1):
            for column in range(1, len(self.grid.rows[row - 1]) + 1):
                if self.is_refused(row, column):
                    return row, column
        return None

    def left_out(self) -> list[LeftOut]:
        """Columns and rows that are printed and not read; empty where a head does not read."""
        if not self._stretches or any(stretch.heads is None for stretch in self._stretches):
            return []
        first = min(min(stretch.layout.head_rows) for stretch in self._stretches)
        above = [row for row in range(1, first) if row != self._layout.unit_line]
        found = [self._row_left_out(row, "stands above the head · 在表头之上") for row in above]
        for stretch in self._stretches:
            found += [self._row_left_out(row, "remark row · 备注行") for row in stretch.layout.remark_rows]
            body = self._rows_under(stretch)
            for column, head in stretch.ignored.items():
                found.append(LeftOut(f"column {head}", "under `ignored` · 列于 ignored", self._printed(body, column)))
            width = range(stretch.layout.first_column, (stretch.layout.last_column or self.grid.width) + 1)
            for column in sorted(set(width) - stretch.known):
                found.append(LeftOut(f"column {column}", "prints no head · 无表头", self._printed(body, column)))
            for row in body:
                outside = "not among the rows of the table · 不在表的行内"
                why = self._left_out_row(row, stretch) if row in stretch.body else outside
                if why:
                    found.append(self._row_left_out(row, why))
        found += self._beside()
        return [each for each in found if each.cells]

    def _rows_under(self, stretch: Stretch) -> list[int]:
        """Rows under the head of a stretch that are of it and of no other."""
        rows = range(max(stretch.layout.head_rows) + 1, len(self.grid.rows) + 1)
        return [row for row in rows if self._stretch(row, stretch.layout.first_column) is stretch]

    def _beside(self) -> list[LeftOut]:
        """Rows and columns under the first head that are of no stretch."""
        first = min(min(stretch.layout.head_rows) for stretch in self._stretches)
        rows = range(first, len(self.grid.rows) + 1)
        covered = [row for row in rows if any(self._stretch(row, c) for c in range(1, self.grid.width + 1))]
        found = [self._row_left_out(row, "of no stretch of the table · 不属于表") for row in rows if row not in covered]
        for column in range(1, self.grid.width + 1):
            if not any(self._stretch(row, column) for row in covered):
                printed = self._printed(rows, column)
                found.append(LeftOut(f"column {column}", "of no stretch of the table · 不属于表", printed))
        return found

    @cached_property
    def _strange_heads(self) -> set[str]:
        """Parts of printed head paths that the document does not declare, as the refusal lists them."""
        lines = self._refusal.problem.splitlines() if self._refusal else []
        parts = {sign: {p for x in lines if x.startswith(sign) for p in x[2:].split(">")} for sign in "+-"}
        twice = re.search(r"prints the column '(.+)' twice", lines[0]) if lines else None
        return (parts["+"] - parts["-"]) | (set(twice[1].split(">")[-1:]) if twice else set())

    def _left_out_row(self, row: int, stretch: Stretch) -> str | None:
        """Why a body row yields nothing, where the document says so."""
        cell = self.grid.cell(row, stretch.label) if stretch.label else None
        if cell is None:
            return None
        label = tight(cell.text)
        declared = self._labels.get(label)
        kind = declared.kind if declared else "note" if is_note(cell.text) else None
        if kind in ("rank", "note"):
            return "a rank, not a figure · 位次" if kind == "rank" else "a note · 注释"
        if label in self._ignored_rows and stretch.layout.indicator_column is not None:
            return "under `ignored_rows` · 列于 ignored_rows"
        return "a heading · 小标题" if label in self._headings else None

    def _figure(self, cell: Cell | None, row: int) -> Role:
        if self._is_register:
            read = f"R{row}" in self._by_locator
            return Role.UNREAD if not read else Role.FIGURE if cell and cell.text.strip() else Role.MISSING
        found = self._by_locator.get(cell.locator) if cell else None
        if found is None:
            return Role.UNREAD
        return Role.MISSING if found["obs_value"] is None and found["obs_text"] is None else Role.FIGURE

    def _row_left_out(self, row: int, why: str) -> LeftOut:
        texts = [cell.text for cell in self.grid.rows[row - 1] if not cell.spanned and cell.text.strip()]
        first = " ".join(texts[0].split()) if texts else ""
        return LeftOut(f"row {row} {first}", why, len(texts))

    def _printed(self, rows: Iterable[int], column: int) -> int:
        cells = (self.grid.cell(row, column) for row in rows)
        return sum(1 for cell in cells if cell and cell.text.strip() and not cell.spanned)
