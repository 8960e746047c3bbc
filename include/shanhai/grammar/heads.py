"""Header paths of a grid: the identity of its columns, and the fingerprint that an edition must match."""

import hashlib
import re
from collections.abc import Collection
from dataclasses import dataclass

from shanhai.carriers.grid import Grid
from shanhai.documents.layout import Layout
from shanhai.errors import CellError
from shanhai.grammar.figures import normalise
from shanhai.grammar.patterns import Pattern, tight

# 2020年1-3季度 that lost its characters between workbook and page (domain rules §2.1).
_RUINED_PERIOD = re.compile(r"[0-9]{5}")
_UNIT_IN_BRACKETS = re.compile(r"\((?:单位:)?([^()]+)\)")
_RATE_AT_END = re.compile(r"[%‰]$")
_UNIT_LINE = re.compile(r"单位:\s*(.+)")
_BETWEEN_UNITS = re.compile(r"[、,;\s()]+")


@dataclass(frozen=True)
class PrintedHead:
    """A printed column of a declared head: its number, its path, and what stands at the head's placeholders."""

    column: int
    path: str
    said: dict[str, str]


class HeadPaths:
    """The columns of a grid by header path (`生产总值(亿元)>第一产业`).

    Raises CellError with the difference when the printed paths are not exactly the declared ones.
    """

    def __init__(self, grid: Grid, layout: Layout, declared: list[str], ignored: list[str]) -> None:
        self._grid, self._layout = grid, layout
        names = [r for r in layout.head_rows if r != layout.unit_row and r not in layout.remark_rows]
        _refuse_ruined_period(grid, layout.head_rows)
        self._positions: dict[str, int] = {}
        self._check_extent()
        for column in self.columns:
            path = _path([_text(grid, row, column) for row in names])
            # Corners over labels and units are often blank: a document names the first column by an empty text, and
            # any by its place.
            if not path and f"column {column}" in layout.row_columns:
                path = tight(f"column {column}")
            if not path and not (column == layout.first_column and "" in layout.row_columns):
                continue
            if path in self._positions:
                raise CellError(f"prints the column {path!r} twice")
            self._positions[path] = column
        wanted = [*declared, *ignored, *layout.row_columns]
        self._matched = self._match([Pattern(head) for head in wanted])

    @property
    def columns(self) -> list[int]:
        """Numbers of the columns of the table, without those to be skipped."""
        columns = range(self._layout.first_column, (self._layout.last_column or self._grid.width) + 1)
        return [c for c in columns if self._layout.hidden != "skip" or c not in self._grid.hidden_columns]

    def _match(self, wanted: list[Pattern]) -> dict[str, list[PrintedHead]]:
        """The printed heads of each declared one; a head that is declared word by word is no other's."""
        plain = {pattern.declared for pattern in wanted if not pattern.names}
        forms = [pattern for pattern in wanted if pattern.names]
        matched: dict[str, list[PrintedHead]] = {pattern.declared: [] for pattern in wanted}
        strange = []
        for path, column in self._positions.items():
            if path in plain:
                matched[path].append(PrintedHead(column, path, {}))
                continue
            found = {form.declared: said for form in forms if (said := form.match(path)) is not None}
            if len(found) > 1:
                raise CellError(f"prints {path!r}, which {' and '.join(found)} both stand for")
            for declared, said in found.items():
                matched[declared].append(PrintedHead(column, path, said))
            if not found:
                strange.append(path)
        missing = [declared for declared, heads in matched.items() if not heads]
        if missing or strange:
            differences = [*(f"- {path}" for path in sorted(missing)), *(f"+ {path}" for path in sorted(strange))]
            raise CellError("differs from the approved one (- declared, + printed):\n" + "\n".join(differences))
        return matched

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the printed paths in the order of their columns; white space and brackets' form do not matter."""
        return hashlib.sha256("\n".join(self._positions).encode()).hexdigest()

    def position(self, path: str) -> int:
        """Column number of a header path."""
        return self._matched[tight(path)][0].column

    def printed(self, head: str) -> list[PrintedHead]:
        """The printed columns that a declared head stands for, in order."""
        return self._matched[tight(head)]

    def headless(self) -> set[int]:
        """Numbers of the columns of the table that print no head: a figure there is of nothing."""
        return set(self.columns) - set(self._positions.values())

    def units(self, head: PrintedHead, known: Collection[str]) -> list[str]:
        """The units printed for a column: in the unit row, else at the end or in brackets of a head of its path."""
        if self._layout.unit_row is not None:
            printed = _text(self._grid, self._layout.unit_row, head.column)
            return [printed] if printed else []
        for part in reversed(head.path.split(">")):
            if found := units_in_label(part, known):
                return found
            if rate := _RATE_AT_END.search(part):
                return [rate[0]]
        return []

    def units_of_all(self, known: Collection[str]) -> list[str]:
        """The units that the unit line prints for the whole table."""
        line = self._layout.unit_line
        if line is None:
            return []
        text = " ".join(cell.text for cell in self._grid.rows[line - 1] if not cell.spanned)
        match = _UNIT_LINE.search(normalise(text))
        if not match:
            raise CellError(f"prints no 单位： at row {line}, where `unit_line` says so")
        return [word for word in _BETWEEN_UNITS.split(match[1]) if word in known]

    def body_rows(self) -> list[int]:
        """Numbers of the rows of figures: under the head to the table's last row, without those to be skipped."""
        rows = [r for r in range(self._first_row, self._last_row + 1) if not self._is_skipped(r)]
        if not self._layout.head_repeats:
            return rows
        heads = {self._printed_row(row) for row in self._layout.head_rows}
        return [row for row in rows if self._printed_row(row) not in heads]

    def _is_skipped(self, row: int) -> bool:
        return self._layout.hidden == "skip" and row in self._grid.hidden_rows

    def _printed_row(self, row: int) -> tuple[str, ...]:
        return tuple(_text(self._grid, row, column) for column in self.columns)

    @property
    def _first_row(self) -> int:
        return self._layout.first_row or max(self._layout.head_rows) + 1

    @property
    def _last_row(self) -> int:
        return self._layout.last_row or len(self._grid.rows)

    def _check_extent(self) -> None:
        grid, layout = self._grid, self._layout
        if self._last_row > len(grid.rows) or (layout.last_column or 0) > grid.width:
            raise CellError(
                f"is of a table that ends beyond the printed {len(grid.rows)} rows and {grid.width} columns"
            )
        if max(*layout.head_rows, layout.unit_line or 1) > len(grid.rows):
            raise CellError(f"is declared below the last of the printed {len(grid.rows)} rows")
        if layout.hidden != "refuse":
            return
        rows, last = [*layout.head_rows, *range(self._first_row, self._last_row + 1)], layout.last_column or grid.width
        columns = range(layout.first_column, last + 1)
        hidden = (
            [
                cell.locator
                for r in rows
                for c, cell in enumerate(grid.rows[r - 1], 1)
                if cell.text.strip() and c in columns and (r in grid.hidden_rows or c in grid.hidden_columns)
            ]
            if grid.hidden_rows or grid.hidden_columns
            else []
        )
        if hidden:
            raise CellError(f"is of a table with hidden cells, {hidden[0]} the first: declare `hidden: read` or `skip`")


def units_in_label(printed: str, known: Collection[str]) -> list[str]:
    """The units that a head or a label prints in brackets: 生产总值(亿元), GDP (100 million yuan) is none."""
    return [word for word in _UNIT_IN_BRACKETS.findall(printed) if word in known]


def _refuse_ruined_period(grid: Grid, rows: list[int]) -> None:
    for row in rows:
        for cell in grid.rows[row - 1] if row <= len(grid.rows) else []:
            if ruined := next((w for w in normalise(cell.text).split() if _RUINED_PERIOD.fullmatch(w)), None):
                raise CellError(
                    f"prints {ruined!r} at {cell.locator}, a period that lost its characters: "
                    "declare the period, and leave this row out of `head_rows`"
                )


def _text(grid: Grid, row: int, column: int) -> str:
    cell = grid.cell(row, column)
    return tight(cell.text) if cell else ""


def _path(parts: list[str]) -> str:
    """Non-empty parts from top to bottom, a part that a merged cell repeats once."""
    kept: list[str] = []
    for part in parts:
        if part and (not kept or kept[-1] != part):
            kept.append(part)
    return ">".join(kept)
