"""Rows of figures kept column by column: what all rows of a column say is kept once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shanhai.reading.publication import Row


@dataclass(frozen=True)
class BlockColumn:
    """Staging rows of one printed column: `alike` is what all of them say, `own` what each says, in equal lists."""

    alike: Row
    own: dict[str, Sequence[object]]

    def row(self, index: int) -> Row:
        """One of the rows."""
        return self.alike | {name: values[index] for name, values in self.own.items()}


@dataclass(frozen=True)
class FigureBlock:
    """Staging rows of printed rows that follow one another; their order is that of print, row by row."""

    columns: list[BlockColumn]
    height: int

    def __len__(self) -> int:
        return self.height * len(self.columns)

    def rows(self) -> Iterator[Row]:
        """Each row by itself."""
        return (column.row(index) for index in range(self.height) for column in self.columns)

    def numbered(self, first: int) -> Iterator[BlockColumn]:
        """The columns, each row with its `row_number`; `first` is that of the first row."""
        width, end = len(self.columns), first + len(self)
        for offset, column in enumerate(self.columns):
            yield BlockColumn(column.alike, {**column.own, "row_number": range(first + offset, end, width)})
