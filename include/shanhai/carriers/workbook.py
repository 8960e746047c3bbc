"""Workbooks (xlsx): cells by sheet and address (`七普!H5`), merged cells spread over what they cover."""

import datetime
import io

from python_calamine import CalamineWorkbook

from shanhai.carriers.grid import Cell, Grid


def read_workbook(content: bytes, sheet: str | None) -> Grid:
    """The cells of one sheet (the first when none is named); raises ValueError when there is no such sheet."""
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
    name = sheet or workbook.sheet_names[0]
    if name not in workbook.sheet_names:
        raise ValueError(f"no sheet {name!r}; there are {workbook.sheet_names}")
    opened = workbook.get_sheet_by_name(name)
    rows = [
        [Cell(_printed(value), f"{name}!{_letters(c)}{r}") for c, value in enumerate(row, 1)]
        for r, row in enumerate(opened.to_python(skip_empty_area=False), 1)
    ]
    for (top, left), (bottom, right) in opened.merged_cell_ranges or []:
        for r in range(top, bottom + 1):
            for c in range(left, right + 1):
                if (r, c) != (top, left):
                    rows[r][c] = Cell(rows[top][left].text, rows[r][c].locator, spanned=True)
    return Grid(rows)


def _printed(value: object) -> str:
    if isinstance(value, bool | datetime.date | datetime.time | datetime.timedelta):
        raise ValueError(f"a cell holds {value!r}, which is not a printed figure or text")
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return str(value)


def _letters(column: int) -> str:
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
