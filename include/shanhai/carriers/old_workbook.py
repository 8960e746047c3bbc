"""Workbooks of the old binary form (xls): cells by sheet and address, as the sheet shows them, merged cells spread."""

import io
import struct

import xlrd

from shanhai.carriers.grid import Grid, PackedRows, bounded, places_of_sheet, spread
from shanhai.carriers.number_format import GENERAL, day_of_serial, is_date_format, show_date, show_number
from shanhai.carriers.workbook import Hidden
from shanhai.errors import CellError

# Records of the binary form: formulas, beginnings and the end of a stretch of records.
_FORMULAS, _BEGINNINGS, _END = (0x06, 0x206, 0x406), (0x09, 0x209, 0x409, 0x809), 0x0A


def read_old_workbook(content: bytes, sheet: str | None, hidden: Hidden = "refuse") -> Grid:
    """The cells of one sheet (the first when none is named); raises ValueError when it does not open or is hidden."""
    try:
        book = xlrd.open_workbook(file_contents=content, formatting_info=True, on_demand=True, logfile=io.StringIO())
        name = sheet or book.sheet_names()[0]
        if name not in book.sheet_names():
            raise ValueError(f"no sheet {name!r}; there are {book.sheet_names()}")
        opened = book.sheet_by_name(name)
        empty_formulas = _empty_formulas(book, name)
    except (ValueError, MemoryError):
        raise
    except Exception as error:  # of broken bytes the parser raises what it happens to meet
        raise ValueError(f"the workbook is broken or locked: {error!r}") from error
    if opened.visibility and hidden != "read":
        raise ValueError(f"sheet {name!r} is hidden; declare `hidden: read` if it shall be read")
    bounded(opened.nrows * max(opened.ncols, 1))
    unreadable: dict[tuple[int, int], str] = {}
    rows = PackedRows()
    for r in range(1, opened.nrows + 1):
        texts = []
        for c, cell in enumerate(opened.row(r - 1), 1):
            try:
                if (r, c) in empty_formulas:
                    raise CellError("holds a formula without a computed value; save the workbook computed")
                texts.append(_printed(book, cell))
            except CellError as error:
                unreadable[r, c] = str(error)
                texts.append("")
        rows.append(texts)
    spanned = spread(rows, [((top + 1, left + 1), (bottom, right)) for top, bottom, left, right in opened.merged_cells])
    hidden_rows = {r + 1 for r, info in opened.rowinfo_map.items() if info.hidden}
    hidden_columns = {c + 1 for c, info in opened.colinfo_map.items() if info.hidden}
    return Grid(
        rows,
        places_of_sheet(name),
        spanned,
        frozenset(hidden_rows),
        frozenset(hidden_columns),
        unreadable,
    )


def _empty_formulas(book: xlrd.Book, name: str) -> set[tuple[int, int]]:
    """Cells whose formula gave an empty text, by row and column from 1.

    That is how writers that compute nothing leave a formula, and it reads like an empty cell.
    """
    found: set[tuple[int, int]] = set()
    at, depth = book._sh_abs_posn[book.sheet_names().index(name)], 0
    while at + 4 <= len(book.mem):
        code, length = struct.unpack_from("<HH", book.mem, at)
        if code in _FORMULAS and length >= 14:
            row, column, _, result = struct.unpack_from("<HHH8s", book.mem, at + 4)
            if result[:1] == b"\3" and result[6:] == b"\xff\xff":
                found.add((row + 1, column + 1))
        depth += (code in _BEGINNINGS) - (code == _END)
        if depth <= 0:
            break
        at += 4 + length
    return found


def _printed(book: xlrd.Book, cell: xlrd.sheet.Cell) -> str:
    """The text a cell shows; raises CellError when it shows no figure, date or text."""
    if cell.ctype in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK, xlrd.XL_CELL_TEXT):
        return str(cell.value)
    if cell.ctype == xlrd.XL_CELL_ERROR:
        raise CellError(f"holds the error {xlrd.error_text_from_code.get(cell.value, cell.value)}")
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        raise CellError(f"holds {bool(cell.value)!r}, which is not a printed figure or text")
    known = book.format_map.get(book.xf_list[cell.xf_index].format_key)
    code = known.format_str if known else GENERAL
    day = day_of_serial(cell.value, bool(book.datemode)) if is_date_format(code) else None
    return show_date(day, code) if day else show_number(cell.value, code)
