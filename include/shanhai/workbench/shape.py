"""The shape of an unknown table: which rows are heads, which column labels the rows, where figures begin."""

import re
from dataclasses import dataclass

from shanhai.carriers.grid import Grid
from shanhai.documents.reference import Unit
from shanhai.errors import CellError, DocumentError
from shanhai.grammar.divisions import normalise_name
from shanhai.grammar.figures import read_cell

_REMARK = re.compile(r"(?i)remarks?|备注|注")
_UNIT_LINE = re.compile(r"单位[:：]\s*([^\s，,;；)）]+)")
_CODE_HEAD = re.compile(r"代码|编码|代号|(?i:\bcode\b)")
_YEAR = re.compile(r"(?:19|20)\d{2}年?")
_MOSTLY = 0.5
_FURTHEST = 40  # rows in which the head must have ended


@dataclass(frozen=True)
class Shape:
    """Rows and columns count from 1; `heads` are header paths by column."""

    titles: list[str]
    head_rows: list[int]
    unit_row: int | None
    remark_rows: list[int]
    unit_of_all: str | None
    unit_line: int | None
    heads: dict[int, str]
    label_column: int
    code_column: int | None
    body: range

    @property
    def figure_columns(self) -> list[int]:
        """Columns with a head that are neither labels nor codes."""
        return [column for column in self.heads if column not in (self.label_column, self.code_column)]


def shape_of(grid: Grid, units: dict[str, Unit]) -> Shape:
    """The shape of a grid; raises DocumentError when no head with figures under it can be told."""
    first = next((row for row in range(1, min(len(grid.rows), _FURTHEST) + 1) if _is_body(grid, row)), None)
    if first is None or first == 1:
        raise DocumentError("no row of figures under a head in the first rows: a table of another shape, or a text")
    above = list(range(1, first))
    heads = _head_rows(grid, above)
    if not heads:
        raise DocumentError(f"no head above the first row of figures (row {first})")
    unit_row = next((row for row in heads if _is_unit_row(grid, row, units)), None)
    remarks = [row for row in heads if row != unit_row and row > heads[0] and _is_remark(grid, row)]
    names = [row for row in heads if row != unit_row and row not in remarks]
    body = range(heads[-1] + 1, len(grid.rows) + 1)
    paths = {c: path for c in range(1, grid.width + 1) if (path := _path(grid, names, c))}
    code = next((c for c, path in paths.items() if _CODE_HEAD.search(path)), None)
    titles = [" ".join(_words(grid, row)) for row in above if row < heads[0] and _words(grid, row)]
    if 1 not in paths and any(text and not is_figure(text) for text in _column(grid, body, 1)):
        paths = {1: "", **paths}  # the corner over the labels is often blank
    unit, line = _unit_line(grid, [row for row in above if row < heads[0]], units)
    label = _label_column(grid, body, [c for c in paths if c != code])
    return Shape(titles, heads, unit_row, remarks, unit, line, paths, label, code, body)


def _unit_line(grid: Grid, rows: list[int], units: dict[str, Unit]) -> tuple[str | None, int | None]:
    """The first unit printed over the table for all of it, and its row."""
    for row in rows:
        match = _UNIT_LINE.search(" ".join(_words(grid, row)))
        known = [word for word in re.split(r"[、/]", match[1]) if word in units] if match else []
        if known:
            return known[0], row
    return None, None


def _column(grid: Grid, rows: range, column: int) -> list[str]:
    return [cell.text.strip() for row in rows if (cell := grid.cell(row, column))]


def is_figure(text: str) -> bool:
    """Whether a cell prints a number."""
    try:
        return read_cell(text, {}).value is not None
    except CellError:
        return False


def _texts(grid: Grid, row: int) -> list[str]:
    return [cell.text for cell in grid.rows[row - 1] if cell.text.strip() and not cell.spanned]


def _words(grid: Grid, row: int) -> list[str]:
    return [" ".join(text.split()) for text in _texts(grid, row)]


def _is_body(grid: Grid, row: int) -> bool:
    """A row with a label and mostly figures after it, or nothing but figures after two texts."""
    texts = _texts(grid, row)
    if all(_YEAR.fullmatch(text.strip()) for text in texts if is_figure(text)):  # 地区, 2019, 2020: a head
        return False
    figures = sum(map(is_figure, texts))
    return figures >= 1 and figures < len(texts) and figures >= _MOSTLY * (len(texts) - 1)


def _head_rows(grid: Grid, above: list[int]) -> list[int]:
    """The rows right above the body that print more than one thing, and rows of remarks among them."""
    found: list[int] = []
    for row in reversed(above):
        # Merged cells count: a head may merge all but one of its cells with the row above, a title merges all to one.
        distinct = {normalise_name(cell.text) for cell in grid.rows[row - 1] if cell.text.strip()}
        if len(distinct) > 1 or (not found and _is_remark(grid, row)):
            found.append(row)
        elif distinct or found:
            break
    return sorted(found)


def _is_unit_row(grid: Grid, row: int, units: dict[str, Unit]) -> bool:
    words = [normalise_name(text) for text in _texts(grid, row)]
    printed = sum(1 for word in words if word in units)
    return printed >= 1 and printed >= _MOSTLY * (len(words) - 1)


def _is_remark(grid: Grid, row: int) -> bool:
    texts = _texts(grid, row)
    return len(texts) == 1 and _REMARK.match(texts[0].strip()) is not None


def _path(grid: Grid, rows: list[int], column: int) -> str:
    """Header path of a column, as the reader makes it."""
    kept: list[str] = []
    for row in rows:
        cell = grid.cell(row, column)
        part = normalise_name(cell.text) if cell else ""
        if part and (not kept or kept[-1] != part):
            kept.append(part)
    return ">".join(kept)


def _label_column(grid: Grid, body: range, columns: list[int]) -> int:
    """The column with most different texts that are no figures, the first of equals."""

    def texts(column: int) -> set[str]:
        cells = (grid.cell(row, column) for row in body)
        return {cell.text.strip() for cell in cells if cell and cell.text.strip() and not is_figure(cell.text)}

    return max(columns, key=lambda column: (len(texts(column)), -column))
