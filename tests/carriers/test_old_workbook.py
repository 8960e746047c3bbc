"""An .xls workbook gives what it shows, tells what it hides, and is refused when broken or never computed."""

import datetime
import io
import struct

import pytest
import xlwt

from shanhai.carriers.grid import Grid
from shanhai.carriers.old_workbook import read_old_workbook
from shanhai.errors import CellError


def old_workbook(*, hidden: bool = False) -> bytes:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("七普")
    sheet.write_merge(0, 0, 1, 2, "生产总值")
    sheet.write(1, 0, "云和县")
    sheet.write(1, 1, 3.4, xlwt.easyxf(num_format_str="0.00"))
    sheet.write(1, 2, datetime.date(2023, 3, 31), xlwt.easyxf(num_format_str='yyyy"年"m"月"'))
    sheet.write(2, 0, True)
    sheet.row(2).hidden = hidden
    sheet.col(2).hidden = hidden
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_an_old_workbook_gives_what_it_shows() -> None:
    grid = read_old_workbook(old_workbook(), None)
    assert [(c.text, c.spanned) for c in grid.rows[0]] == [("", False), ("生产总值", False), ("生产总值", True)]
    assert [(c.text, c.locator) for c in grid.rows[1]] == [
        ("云和县", "七普!A2"),
        ("3.40", "七普!B2"),
        ("2023年3月", "七普!C2"),
    ]
    with pytest.raises(CellError, match="A3 holds True"):
        grid.cell(3, 1)


def test_an_old_workbook_tells_what_it_hides_and_is_refused_when_broken() -> None:
    grid: Grid = read_old_workbook(old_workbook(hidden=True), "七普")
    assert (grid.hidden_rows, grid.hidden_columns) == ({3}, {3})
    with pytest.raises(ValueError, match="no sheet '六普'"):
        read_old_workbook(old_workbook(), "六普")
    for broken in (old_workbook()[:700], b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 3000):
        with pytest.raises(ValueError, match="broken or locked"):
            read_old_workbook(broken, None)


def test_a_formula_of_an_old_workbook_that_was_never_computed_is_refused() -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("七普")
    sheet.write(0, 0, 2.5)
    sheet.write(0, 1, xlwt.Formula("A1+1"))
    sheet.write(1, 1, "")
    file = io.BytesIO()
    book.save(file)
    grid = read_old_workbook(file.getvalue(), None)
    assert grid.texts[0][0] == "2.5"
    assert grid.cell(2, 2) is None or grid.texts[1][1] == ""
    with pytest.raises(CellError, match="cell 七普!B1 holds a formula without a computed value"):
        grid.cell(1, 2)
    # The same record with a number for its result, as a program that computes writes it.
    never, computed = b"\3\0\0\0\0\0\xff\xff", struct.pack("<d", 3.5)
    assert file.getvalue().count(never) == 1
    cell = read_old_workbook(file.getvalue().replace(never, computed), None).cell(1, 2)
    assert cell is not None
    assert cell.text == "3.5"
