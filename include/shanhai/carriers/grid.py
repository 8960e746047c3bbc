"""A grid of cells as printed: what tables of every carrier have in common."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import NamedTuple, overload

from shanhai.errors import CellError

_MOST_CELLS = 5_000_000  # a workbook of 200,000 x 20 and some; more is refused before it fills the memory
_MOST_COLUMNS = 16_384  # as a workbook
_MOST_DRAWN = 500_000  # no page that people read has as many; spans could ask for more in a few bytes
_MOST_BYTES = 200 * 2**20  # of texts: a long one named from five million cells must not be written out so often
_ADDRESS = re.compile(r"(?:([A-Z]{1,3})([1-9]\d{0,6})|R([1-9]\d{0,6})C([1-9]\d{0,6}))$")


class Cell(NamedTuple):
    """One printed cell; `spanned` marks the further cells that a merged cell covers."""

    text: str
    locator: str
    spanned: bool = False


class PackedRows(Sequence[Sequence[str]]):
    """Rows of texts, each kept as one string: a fifth of the memory of a string per cell.

    A row is given as long as the longest where `padded`, as long as it was put otherwise.
    """

    def __init__(self, padded: bool = True) -> None:
        self._rows: list[str | None] = []
        self._padded, self._bytes, self._last = padded, 0, (-1, [""])
        self.width = self._cells = 0

    def append(self, texts: Sequence[str]) -> None:
        """Put a row under the last; raises ValueError when the table grows larger than memory should hold."""
        self.extend([texts])

    def extend(self, rows: Sequence[Sequence[str]]) -> None:
        """Put rows of one length under the last; raises ValueError like `append`."""
        length = len(rows[0])
        if length > _MOST_COLUMNS:
            raise ValueError(f"row {len(self._rows) + 1} has more than {_MOST_COLUMNS} columns")
        self.width, self._cells = max(self.width, length), self._cells + length * len(rows)
        bounded(self.width * (len(self._rows) + len(rows)) if self._padded else self._cells)
        self._rows.extend(self._packed(rows))

    def skip_to(self, number: int) -> None:
        """Leave empty rows, so that the next one put is row `number`; raises ValueError like `append`."""
        bounded(number * self.width)
        self._rows.extend([None] * (number - 1 - len(self._rows)))

    def replace(self, index: int, texts: Sequence[str]) -> None:
        """Put other texts into a row that is there."""
        self._rows[index : index + 1] = self._packed([texts])
        self._last = (-1, [])

    def _packed(self, rows: Sequence[Sequence[str]]) -> Sequence[str | None]:
        between = len(rows[0]) - 1
        if between < 0:
            return [None] * len(rows)
        packed = list(map("\0".join, rows))
        if any(row.count("\0") != between for row in packed):
            raise ValueError(f"row {len(self._rows) + 1} or one below holds the character NUL")
        self._bytes += sum(map(str.__sizeof__, packed))
        if self._bytes > _MOST_BYTES:
            raise ValueError(f"the texts of the table take more than {_MOST_BYTES} bytes")
        return packed

    def columns(self, rows: Sequence[int]) -> list[list[str]]:
        """The texts of rows by their numbers from 1, column by column, empty where a row ends before."""
        texts = "\0".join([self._rows[row - 1] or "" for row in rows]).split("\0")
        if len(texts) != self.width * len(rows):  # no row is wider, so none is narrower either
            padded = ([*split, *[""] * (self.width - len(split))] for split in (self._split(row - 1) for row in rows))
            texts = [text for row in padded for text in row]
        return [texts[column :: self.width] for column in range(self.width)]

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, index: int) -> Sequence[str]: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Sequence[str]]: ...

    def __getitem__(self, index: int | slice) -> Sequence[str] | Sequence[Sequence[str]]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self._rows)))]
        if index != self._last[0]:  # cells are asked for one after the other, and splitting a row costs a little
            texts = self._split(index)
            if self._padded and len(texts) < self.width:
                texts += [""] * (self.width - len(texts))
            self._last = (index, texts)
        return self._last[1]

    def _split(self, index: int) -> list[str]:
        row = self._rows[index]
        return [] if row is None else row.split("\0")


class Locators(Sequence[str]):
    """Locators of cells of one column, written out when they are asked for."""

    def __init__(self, form: str, rows: Sequence[int]) -> None:
        self._form, self._rows = form, rows

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, index: int) -> str: ...

    @overload
    def __getitem__(self, index: slice) -> "Locators": ...

    def __getitem__(self, index: int | slice) -> "str | Locators":
        if isinstance(index, slice):
            return Locators(self._form, self._rows[index])
        return self._form % self._rows[index]

    def __iter__(self) -> Iterator[str]:
        return map(self._form.__mod__, self._rows)


def _by_number(column: int) -> str:
    return f"R%dC{column}"


@dataclass(frozen=True)
class Grid:
    """Rows of printed texts; rows and columns count from 1, as people count.

    `place_form` gives the form of the locators of a column, `%d` for the row. `spanned` are the further cells that
    merged cells cover. `unreadable` says of single cells why they have no printed text.
    """

    texts: Sequence[Sequence[str]]
    place_form: Callable[[int], str] = _by_number
    spanned: frozenset[tuple[int, int]] = frozenset()
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    unreadable: dict[tuple[int, int], str] = field(default_factory=dict)

    def place(self, row: int, column: int) -> str:
        """The locator of a cell."""
        return self.place_form(column) % row

    def places(self, rows: Sequence[int], column: int) -> Locators:
        """The locators of the cells of a column in those rows."""
        return Locators(self.place_form(column), rows)

    def cell(self, row: int, column: int) -> Cell | None:
        """The cell there, None where the row is shorter; raises CellError when the cell is unreadable."""
        if self.unreadable and (row, column) in self.unreadable:
            raise CellError(f"cell {self.place(row, column)} {self.unreadable[row, column]}")
        texts = self.texts[row - 1] if row <= len(self.texts) else []
        if column > len(texts):
            return None
        return Cell(texts[column - 1], self.place(row, column), (row, column) in self.spanned)

    def columns(self, rows: Sequence[int]) -> Sequence[Sequence[str]]:
        """The texts of rows by their numbers, column by column, empty where a row ends before."""
        if isinstance(self.texts, PackedRows):
            return self.texts.columns(rows)
        texts = [self.texts[row - 1] for row in rows]
        return [[row[column] if column < len(row) else "" for row in texts] for column in range(self.width)]

    @cached_property
    def special_rows(self) -> frozenset[int]:
        """Numbers of the rows with a cell that a merged one covers, or that is unreadable."""
        return frozenset(row for row, _ in self.spanned | self.unreadable.keys())

    @property
    def rows(self) -> Sequence[list[Cell]]:
        """The cells of each row, made when they are asked for."""
        return _CellRows(self)

    @cached_property
    def width(self) -> int:
        """Columns of the widest row."""
        return max((len(row) for row in self.texts), default=0)

    def cells(self) -> Iterator[Cell]:
        """Every printed cell once."""
        return (cell for row in self.rows for cell in row if not cell.spanned)

    def printed_at(self, locator: str) -> str:
        """The text of the printed cell that a locator names; raises KeyError when there is none."""
        match = _ADDRESS.search(locator)
        if match:
            row = int(match[2] or match[3])
            column = int(match[4] or 0) or column_number(match[1])
            cell = self.cell(row, column)
            if cell and cell.locator == locator and not cell.spanned:
                return cell.text
        raise KeyError(locator)


class _CellRows(Sequence[list[Cell]]):
    """The rows of a grid as cells."""

    def __init__(self, grid: Grid) -> None:
        self._grid = grid

    def __len__(self) -> int:
        return len(self._grid.texts)

    @overload
    def __getitem__(self, index: int) -> list[Cell]: ...

    @overload
    def __getitem__(self, index: slice) -> list[list[Cell]]: ...

    def __getitem__(self, index: int | slice) -> list[Cell] | list[list[Cell]]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        grid, row = self._grid, range(1, len(self) + 1)[index]
        return [
            Cell(text, grid.place(row, column), (row, column) in grid.spanned)
            for column, text in enumerate(grid.texts[row - 1], 1)
        ]


class Canvas:
    """A grid in the making: cells put in reading order, each over the rows and columns it spans."""

    def __init__(self, height: int, prefix: str) -> None:
        self._rows: list[dict[int, str]] = [{} for _ in range(height)]
        self._spanned: set[tuple[int, int]] = set()
        self._prefix, self._count = prefix, 0

    def put(self, text: str, row: int, column: int, down: int = 1, right: int = 1) -> int:
        """Place a cell at the first free column from `column`; gives the column after it. Spans end at the last row."""
        while column in self._rows[row]:
            column += 1
        self._count = bounded(self._count + min(down, len(self._rows) - row) * right, _MOST_DRAWN)
        for r in range(row, min(row + down, len(self._rows))):
            for c in range(column, column + right):
                if c not in self._rows[r]:
                    self._rows[r][c] = text
                    if (r, c) != (row, column):
                        self._spanned.add((r + 1, c + 1))
        return column + right

    def grid(self) -> Grid:
        """The grid, empty cells where nothing was put."""
        widths = [max(row, default=-1) + 1 for row in self._rows]
        bounded(sum(widths), _MOST_DRAWN)
        texts = [[row.get(c, "") for c in range(width)] for row, width in zip(self._rows, widths, strict=True)]
        prefix = self._prefix
        return Grid(texts, lambda column: f"{prefix}R%dC{column}", frozenset(self._spanned))


def bounded(cells: int, most: int = _MOST_CELLS) -> int:
    """The count of cells; raises ValueError when a table has more than memory should hold."""
    if cells > most:
        raise ValueError(f"the table has more than {most} cells")
    return cells


def spread(rows: PackedRows, merged: list[tuple[tuple[int, int], tuple[int, int]]]) -> frozenset[tuple[int, int]]:
    """Repeat the text of merged cells over what they cover, as far as there are cells; gives the covered cells.

    A merged range is its first and its last cell, by row and column from 1.
    """
    covered: dict[int, dict[int, str]] = {}
    count = 0
    for (top, left), (bottom, right) in merged:
        bottom, right = min(bottom, len(rows)), min(right, rows.width)
        if top > bottom or left > right:
            continue
        count = bounded(count + (bottom - top + 1) * (right - left + 1), _MOST_DRAWN)
        text = covered.get(top, {}).get(left) or rows[top - 1][left - 1]
        for r in range(top, bottom + 1):
            covered.setdefault(r, {}).update((c, text) for c in range(left, right + 1) if (r, c) != (top, left))
    for r, cells in covered.items():
        texts = list(rows[r - 1])
        for c, text in cells.items():
            texts[c - 1] = text
        rows.replace(r - 1, texts)
    return frozenset((r, c) for r, cells in covered.items() for c in cells)


def places_of_sheet(sheet: str) -> Callable[[int], str]:
    """The forms of the locators of a sheet: of column 2, `七普!B%d`."""
    prefix = sheet.replace("%", "%%")
    return lambda column: f"{prefix}!{column_letters(column)}%d"


@lru_cache(maxsize=20_000)
def column_letters(column: int) -> str:
    """The name of a column of a workbook: 1 is A, 28 is AB."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """The number of a column of a workbook: A is 1, AB is 28."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
