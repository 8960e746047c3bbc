"""A grid of cells as printed: what tables of every carrier have in common."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from shanhai.errors import CellError

_MOST_CELLS = 5_000_000  # a workbook of 200,000 x 20 and some; more is refused before it fills the memory
_MOST_DRAWN = 500_000  # no page that people read has as many; spans could ask for more in a few bytes


class Cell(NamedTuple):
    """One printed cell; `spanned` marks the further cells that a merged cell covers."""

    text: str
    locator: str
    spanned: bool = False


@dataclass(frozen=True)
class Grid:
    """Rows of cells; rows and columns count from 1, as people count.

    `unreadable` says of single cells, by row and column, why they have no printed text.
    """

    rows: list[list[Cell]]
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    unreadable: dict[tuple[int, int], str] = field(default_factory=dict)

    def cell(self, row: int, column: int) -> Cell | None:
        """The cell there, None where the row is shorter; raises CellError when the cell is unreadable."""
        if self.unreadable and (row, column) in self.unreadable:
            raise CellError(f"cell {self.rows[row - 1][column - 1].locator} {self.unreadable[row, column]}")
        cells = self.rows[row - 1] if row <= len(self.rows) else []
        return cells[column - 1] if column <= len(cells) else None

    @property
    def width(self) -> int:
        """Columns of the widest row."""
        return max((len(row) for row in self.rows), default=0)

    def cells(self) -> Iterator[Cell]:
        """Every printed cell once."""
        return (cell for row in self.rows for cell in row if not cell.spanned)


class Canvas:
    """A grid in the making: cells put in reading order, each over the rows and columns it spans."""

    def __init__(self, height: int, prefix: str) -> None:
        self._rows: list[dict[int, Cell]] = [{} for _ in range(height)]
        self._prefix, self._count = prefix, 0

    def put(self, text: str, row: int, column: int, down: int = 1, right: int = 1) -> int:
        """Place a cell at the first free column from `column`; gives the column after it. Spans end at the last row."""
        while column in self._rows[row]:
            column += 1
        self._count = bounded(self._count + min(down, len(self._rows) - row) * right, _MOST_DRAWN)
        for r in range(row, min(row + down, len(self._rows))):
            for c in range(column, column + right):
                if c not in self._rows[r]:
                    self._rows[r][c] = Cell(text, self._place(r, c), spanned=(r, c) != (row, column))
        return column + right

    def grid(self) -> Grid:
        """The grid, empty cells where nothing was put."""
        widths = [max(row, default=-1) + 1 for row in self._rows]
        bounded(sum(widths), _MOST_DRAWN)
        return Grid(
            [
                [row.get(c) or Cell("", self._place(r, c)) for c in range(width)]
                for r, (row, width) in enumerate(zip(self._rows, widths, strict=True))
            ]
        )

    def _place(self, row: int, column: int) -> str:
        return f"{self._prefix}R{row + 1}C{column + 1}"


def bounded(cells: int, most: int = _MOST_CELLS) -> int:
    """The count of cells; raises ValueError when a table has more than memory should hold."""
    if cells > most:
        raise ValueError(f"the table has more than {most} cells")
    return cells
