"""Printed rows that say the same of their figures, but of whom: their figures are read column by column.

Whatever is not plain in them is read cell by cell, as in every other row; the first row of each column is always read
so, and says what the others say.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from shanhai.errors import CellError, PublicationError
from shanhai.grammar.figure_columns import FigureColumn, holds_number, read_column, unplain_cells
from shanhai.grammar.labels import tight
from shanhai.reading.cells import CellReader
from shanhai.reading.figure_blocks import BlockColumn, FigureBlock
from shanhai.reading.observations import Observations
from shanhai.reading.publication import Row
from shanhai.reading.table_rows import PrintedRow

_MOST_ROWS, _MOST_CELLS = 512, 16_384  # that are kept in memory as figures
_FEWEST = 3
_SAID = ("period", "units", "provinces", "said", "heading")


def are_alike(one: PrintedRow, other: PrintedRow) -> bool:
    """Whether two rows say the same of their figures, but of whom."""
    return (
        one.declared is None
        and other.declared is None
        and one.row is other.row
        and all(getattr(one, said) == getattr(other, said) for said in _SAID)
        and bool(one.subject) == bool(other.subject)
    )


@dataclass(frozen=True)
class AlikeReader:
    """Reads rows of a stretch that are alike."""

    cells: CellReader

    @property
    def most_rows(self) -> int:
        """Rows that should be given at once at most."""
        return min(_MOST_ROWS, max(_FEWEST, _MOST_CELLS // max(len(self.cells.columns), 1)))

    @property
    def _observations(self) -> Observations:
        return self.cells.observations

    def figures(self, rows: list[PrintedRow]) -> Iterator[Row | FigureBlock]:
        """The figures of the rows in the order of print; raises PublicationError at the first that does not read."""
        if len(rows) < _FEWEST or any(map(holds_number, self._observations.publication.symbols)):
            yield from self._each(rows)
            return
        odd = self._odd_rows(rows)
        for is_odd, group in groupby(rows, key=lambda row: row.number in odd):
            plain = list(group)
            block = None if is_odd or len(plain) < _FEWEST else self._plain(plain)
            if block is None:
                yield from self._each(plain)
            else:
                yield block

    def _each(self, rows: list[PrintedRow]) -> Iterator[Row]:
        return (figure for row in rows for figure in self.cells.figures(row))

    def _odd_rows(self, rows: list[PrintedRow]) -> frozenset[int]:
        """Numbers of the rows with a cell that is merged, unreadable, absent or not plain; all where none can be."""
        try:
            most_digits = [self.cells.most_digits(rows[0], column) for column in self.cells.columns]
        except CellError:
            return frozenset(row.number for row in rows)
        numbers = [row.number for row in rows]
        columns, odd = self.cells.block.grid.columns(numbers), self.cells.block.grid.special_rows & set(numbers)
        for column, most in zip(self.cells.columns, most_digits, strict=True):
            odd |= {numbers[index] for index in unplain_cells(columns[column.head.column - 1], most)}
        return odd

    def _plain(self, rows: list[PrintedRow]) -> FigureBlock | None:
        """The block of rows whose figures are all plain; None when one of them is to be refused, which tells where."""
        numbers, names = [row.number for row in rows], [tight(row.subject or "") for row in rows]
        grid, columns = self.cells.block.grid, list[BlockColumn]()
        texts = grid.columns(numbers)
        try:
            for column, alike in zip(self.cells.columns, self.cells.figures(rows[0]), strict=True):
                figures = read_column(texts[column.head.column - 1], self.cells.most_digits(rows[0], column))
                is_of_rows = rows[0].subject and not column.head.said.get("subject")
                own = self._own(rows, names if is_of_rows else [str(alike["subject_name"])] * len(rows), figures, alike)
                columns.append(BlockColumn(alike, {**own, "locator": grid.places(numbers, column.head.column)}))
        except (CellError, PublicationError):
            return None
        return FigureBlock(columns, len(rows))

    def _own(
        self, rows: list[PrintedRow], names: list[str], figures: FigureColumn, alike: Row
    ) -> dict[str, Sequence[object]]:
        """What each figure of a column says for itself; raises CellError when one is to be refused."""
        if not all(names):
            raise CellError("says of nobody")
        codes = self._observations.divisions(alike, names, [row.code for row in rows], rows[0].provinces)
        return {
            "subject_name": names,
            "division_code": codes,
            "printed": figures.printed,
            "obs_value": figures.values,
            "decimals": figures.decimals,
            "value": self._observations.canonical(alike, figures.values, codes),
        }
