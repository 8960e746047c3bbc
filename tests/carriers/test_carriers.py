"""Carriers give cells as printed, each with a locator that finds it again."""

import io

import pytest
from openpyxl import Workbook

from shanhai.carriers.page import read_page
from shanhai.carriers.separated import read_separated
from shanhai.carriers.workbook import read_workbook


def test_gb18030_is_decoded_strictly() -> None:
    grid = read_separated("Area,户籍人口\r\n云和县,112635\r\n".encode("gb18030"), "gb18030")
    assert [(c.text, c.locator) for c in grid.rows[1]] == [("云和县", "R2C1"), ("112635", "R2C2")]
    with pytest.raises(UnicodeDecodeError):
        read_separated("云和县".encode("gb18030"), "utf-8")


def test_a_byte_order_mark_is_no_part_of_the_first_head() -> None:
    assert read_separated("\ufeff名称\n".encode(), "utf-8").rows[0][0].text == "名称"


def test_merged_cells_of_a_workbook_cover_their_columns() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "七普"
    sheet["A1"], sheet["B1"], sheet["B2"], sheet["C2"], sheet["B3"], sheet["C3"] = (
        "地区",
        "人口数",
        "合计",
        "男",
        64567588,
        109.04,
    )
    sheet.merge_cells("B1:C1")
    file = io.BytesIO()
    book.save(file)
    grid = read_workbook(file.getvalue(), "七普")
    head = grid.cell(1, 3)
    assert head is not None
    assert (head.text, head.spanned) == ("人口数", True)
    assert [(c.text, c.locator) for c in grid.rows[2][1:]] == [("64567588", "七普!B3"), ("109.04", "七普!C3")]
    with pytest.raises(ValueError, match="no sheet"):
        read_workbook(file.getvalue(), "六普")


def test_spans_of_a_page_are_spread() -> None:
    page = """
    <table><tr><th rowspan="2">城市</th><th colspan="2">生产总值<br>(亿元)</th></tr>
    <tr><th>第一<br>产业</th><th>工业</th></tr>
    <tr><td>杭州市</td><td>287.95</td><td>3497.83</td></tr></table>"""
    grid = read_page(page.encode("gbk"), "gbk", 1)
    assert [c.text for c in grid.rows[1]] == ["城市", "第一\n产业", "工业"]
    assert [c.spanned for c in grid.rows[0]] == [False, False, True]
    assert grid.rows[2][2].locator == "T1R3C3"
    with pytest.raises(ValueError, match="no table 2"):
        read_page(page.encode("gbk"), "gbk", 2)
