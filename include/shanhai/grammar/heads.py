"""Header paths of a grid: the identity of its columns, and the fingerprint that an edition must match."""

import hashlib
import re

from shanhai.carriers.grid import Grid
from shanhai.documents.reference import Unit
from shanhai.documents.source import Layout
from shanhai.errors import CellError
from shanhai.grammar.figures import normalise

# 2020年1-3季度 that lost its characters between workbook and page (domain rules §2.1).
_RUINED_PERIOD = re.compile(r"[0-9]{5}")
_UNIT_IN_HEAD = re.compile(r"[（(]([^（()）]+)[)）]$")


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
        for column in range(layout.first_column, (layout.last_column or grid.width) + 1):
            if layout.hidden == "skip" and column in grid.hidden_columns:
                continue
            path = _path([_text(grid, row, column) for row in names])
            if not path:
                continue
            if path in self._positions:
                raise CellError(f"prints the column {path!r} twice")
            self._positions[path] = column
        wanted = [*declared, *ignored, *(c for c in (layout.label_column, layout.code_column) if c)]
        self._compare({_tight(path) for path in wanted})

    def _compare(self, wanted: set[str]) -> None:
        printed = set(self._positions)
        if printed != wanted:
            differences = [f"- {path}" for path in sorted(wanted - printed)]
            differences += [f"+ {path}" for path in sorted(printed - wanted)]
            raise CellError("differs from the approved one (- declared, + printed):\n" + "\n".join(differences))

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the printed paths in the order of their columns; white space and brackets' form do not matter."""
        return hashlib.sha256("\n".join(self._positions).encode()).hexdigest()

    def position(self, path: str) -> int:
        """Column number of a header path."""
        return self._positions[_tight(path)]

    def unit(self, path: str, units: dict[str, Unit]) -> str | None:
        """The unit printed for a column: in the unit row, else in brackets at the end of a head of its path."""
        if self._layout.unit_row is not None:
            return _text(self._grid, self._layout.unit_row, self.position(path)) or None
        for part in reversed(_tight(path).split(">")):
            match = _UNIT_IN_HEAD.search(part)
            if match and match[1] in units:
                return match[1]
        return None

    def body_rows(self) -> list[int]:
        """Numbers of the rows of figures: under the head to the table's last row, without those to be skipped."""
        rows = range(self._first_row, self._last_row + 1)
        return [r for r in rows if self._layout.hidden != "skip" or r not in self._grid.hidden_rows]

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
    return _tight(cell.text) if cell else ""


def _path(parts: list[str]) -> str:
    """Non-empty parts from top to bottom, a part that a merged cell repeats once."""
    kept: list[str] = []
    for part in parts:
        if part and (not kept or kept[-1] != part):
            kept.append(part)
    return ">".join(kept)


def _tight(text: str) -> str:
    """Heads are wrapped mid-word, so white space says nothing; brackets are printed in either form."""
    return re.sub(r"\s", "", normalise(text))
