"""Stretches of a table: each a grid with its layout and its heads, read one after the other."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from shanhai.carriers.grid import Cell, Grid
from shanhai.documents.layout import Layout
from shanhai.errors import CellError, DocumentError
from shanhai.grammar.heads import HeadPaths
from shanhai.grammar.patterns import tight

if TYPE_CHECKING:
    from shanhai.reading.publication import Publication


@dataclass(frozen=True)
class TableBlock:
    """One stretch of the table of a publication."""

    publication: "Publication"
    layout: Layout
    grid: Grid

    @cached_property
    def heads(self) -> HeadPaths:
        """The columns by header path; raises PublicationError with the difference from the declared ones."""
        document = self.publication.document
        declared = self._printed_here([column.head for column in document.columns])
        try:
            return HeadPaths(self.grid, self.layout, declared, self._printed_here(document.ignored))
        except CellError as error:
            raise self.publication.problem("the head", str(error)) from error

    def _printed_here(self, declared: list[str]) -> list[str]:
        if self.layout.columns is None:
            return declared
        here = {tight(head) for head in self.layout.columns}
        return [head for head in declared if tight(head) in here]

    def prints(self, head: str) -> bool:
        """Whether the declared head stands in this stretch."""
        return self.layout.columns is None or tight(head) in {tight(each) for each in self.layout.columns}

    def cell_at(self, row: int, column: int) -> Cell | None:
        """The cell there, or None where the row is shorter; raises PublicationError for one that may not be read."""
        try:
            return self.grid.cell(row, column)
        except CellError as error:
            raise self.publication.problem(f"row {row}", str(error)) from error

    def cells(self, row: int) -> list[Cell]:
        """The cells of a row that are of this stretch, those to be skipped among them."""
        return self.grid.rows[row - 1][self.layout.first_column - 1 : self.layout.last_column]

    def width(self, row: int) -> int:
        """How many cells of a row are of this stretch; none when all of them are blank."""
        texts = self.grid.texts[row - 1][self.layout.first_column - 1 : self.layout.last_column]
        return len(texts) if any(map(str.strip, texts)) else 0

    def text(self, row: int, head: str | None) -> str:
        """What a row prints in the column of a head, or, where the layout fills down, the last cell above that does."""
        if head is None:
            return ""
        position, filled = self.heads.position(head), head in self.layout.fill_down
        cell = self.cell_at(row, position)
        while filled and not (cell and cell.text.strip()) and row - 1 > max(self.layout.head_rows):
            row -= 1
            cell = self.cell_at(row, position)
        return cell.text.strip() if cell else ""

    def refuse_beyond_head(self, row: int) -> None:
        """Raises CellError when the row prints something in a column without a head, as a shifted row does."""
        for column in self._headless:
            cell = self.grid.cell(row, column)
            if cell and not cell.spanned and cell.text.strip():
                raise CellError(f"prints {cell.text.strip()!r} at {cell.locator}, where no head stands: a shifted row?")

    @cached_property
    def _headless(self) -> list[int]:
        return sorted(self.heads.headless())


def check_coverage(layouts: list[Layout], declared: list[str], path: str) -> None:
    """Raises DocumentError when a stretch names a head that is not declared, or none prints a declared one."""
    wanted = {tight(head) for head in declared}
    named = [{tight(head) for head in layout.columns} if layout.columns is not None else wanted for layout in layouts]
    if strange := sorted(set().union(*named) - wanted):
        raise DocumentError(f"{path}: a stretch prints {strange}, which neither `columns` nor `ignored` declare")
    if missing := sorted(wanted - set().union(*named)):
        raise DocumentError(f"{path}: no stretch of the table prints {missing}")
