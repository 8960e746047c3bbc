"""What each cell of a published table is to its document: head, unit, label, figure, or left out, and why."""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from shanhai.carriers.grid import Cell, Grid
from shanhai.documents.layout import Layout
from shanhai.errors import CellError, PublicationError
from shanhai.grammar.divisions import normalise_name
from shanhai.grammar.heads import HeadPaths
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


class CellRoles:
    """The role of every cell of an edition's grid, as far as it could be read."""

    def __init__(self, reader: EditionReader, rows: list[Row], refusal: PublicationError | None) -> None:
        document = reader.source.document
        assert document.layout  # noqa: S101 - the model demands a layout of every table
        self._layout: Layout = document.layout
        self._by_locator = {str(row["locator"]): row for row in rows}
        self._is_register = document.relation != "observations"
        self._refusal = refusal
        try:
            self.grid = reader.grid
        except PublicationError:
            self.grid = Grid([])
        self._heads = self._read_heads(reader)
        self._body = set(self._heads.body_rows()) if self._heads else set()
        wanted = [column.head for column in document.columns]
        self._read = {self._position(head) for head in wanted}
        self._ignored = {self._position(head): head for head in document.ignored}
        self._label = self._position(self._layout.label_column)
        self._code = self._position(self._layout.code_column)

    def of(self, row: int, column: int) -> Role:
        """The role of one cell."""
        cell = self.grid.cell(row, column)
        if self.is_refused(row, column) or self._is_blamed(cell, row, column):
            return Role.REFUSED
        if row == self._layout.unit_row:
            return Role.UNIT
        if row in self._layout.remark_rows or row < min(self._layout.head_rows):
            return Role.IGNORED
        if row <= max(self._layout.head_rows):
            return Role.HEAD
        if self._heads is None:
            return Role.UNREAD
        if row not in self._body or column in self._ignored or self._left_out_row(row) or column not in self._known:
            return Role.IGNORED
        if column == self._label:
            return Role.LABEL
        if column == self._code:
            return Role.CODE
        return self._figure(cell, row)

    def is_refused(self, row: int, column: int) -> bool:
        """Whether the refusal names this cell, or a head that it does not know."""
        place, cell = self._refusal.place if self._refusal else "", self.grid.cell(row, column)
        if place == "the head" and cell and row in self._layout.head_rows:
            return normalise_name(cell.text) in self._strange_heads
        if cell and place.startswith(f"cell {cell.locator} ("):
            return True
        return place.startswith(f"cell row {row}, column {column} (")

    def _is_blamed(self, cell: Cell | None, row: int, column: int) -> bool:
        """Whether this is the label that a figure is refused for: its name is quoted in the reason."""
        if cell is None or column != self._label or not self._refusal:
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
        """Columns and rows that are printed and not read; empty where the head does not read."""
        if self._heads is None:
            return []
        first, last = min(self._layout.head_rows), max(self._layout.head_rows)
        body = range(last + 1, len(self.grid.rows) + 1)
        found = [self._row_left_out(row, "stands above the head · 在表头之上") for row in range(1, first)]
        found += [self._row_left_out(row, "remark row · 备注行") for row in self._layout.remark_rows]
        for position, head in self._ignored.items():
            found.append(LeftOut(f"column {head}", "under `ignored` · 列于 ignored", self._printed(body, position)))
        for position in sorted(set(range(1, self.grid.width + 1)) - self._known):
            found.append(LeftOut(f"column {position}", "prints no head · 无表头", self._printed(body, position)))
        for row in body:
            why = self._left_out_row(row) if row in self._body else "not among the rows of the table · 不在表的行内"
            if why:
                found.append(self._row_left_out(row, why))
        return [each for each in found if each.cells]

    @cached_property
    def _known(self) -> set[int]:
        return self._read | set(self._ignored) | {self._label, self._code}

    @cached_property
    def _strange_heads(self) -> set[str]:
        """Parts of printed head paths that the document does not declare, as the refusal lists them."""
        lines = self._refusal.problem.splitlines() if self._refusal else []
        parts = {sign: {p for x in lines if x.startswith(sign) for p in x[2:].split(">")} for sign in "+-"}
        twice = re.search(r"prints the column '(.+)' twice", lines[0]) if lines else None
        return (parts["+"] - parts["-"]) | (set(twice[1].split(">")[-1:]) if twice else set())

    def _read_heads(self, reader: EditionReader) -> HeadPaths | None:
        document = reader.source.document
        try:
            return HeadPaths(self.grid, self._layout, [c.head for c in document.columns], document.ignored)
        except CellError:
            return None

    def _position(self, head: str | None) -> int:
        return self._heads.position(head) if self._heads and head else 0

    def _left_out_row(self, row: int) -> str | None:
        """Why a body row yields nothing, where the document says so."""
        cell = self.grid.cell(row, self._label) if self._label else None
        declared = self._layout.labels.get("".join(cell.text.split())) if cell else None
        if declared and declared.kind in ("rank", "note"):
            return {"rank": "a rank, not a figure · 位次", "note": "a note · 注释"}[declared.kind]
        return None

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

    def _printed(self, rows: range, column: int) -> int:
        cells = (self.grid.cell(row, column) for row in rows)
        return sum(1 for cell in cells if cell and cell.text.strip() and not cell.spanned)
