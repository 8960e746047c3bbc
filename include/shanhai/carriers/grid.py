"""A grid of cells as printed: what CSV, workbook and HTML tables have in common."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cell:
    """One printed cell; `spanned` marks the further cells that a merged cell covers."""

    text: str
    locator: str
    spanned: bool = False


@dataclass(frozen=True)
class Grid:
    """Rows of cells; rows and columns count from 1, as people count."""

    rows: list[list[Cell]]

    def cell(self, row: int, column: int) -> Cell | None:
        """The cell there, or None where the row is shorter."""
        cells = self.rows[row - 1] if row <= len(self.rows) else []
        return cells[column - 1] if column <= len(cells) else None

    @property
    def width(self) -> int:
        """Columns of the widest row."""
        return max((len(row) for row in self.rows), default=0)

    def cells(self) -> Iterator[Cell]:
        """Every printed cell once."""
        return (cell for row in self.rows for cell in row if not cell.spanned)
