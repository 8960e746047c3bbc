"""Pages give what a reader of the page sees: inner tables apart, hidden things away, spans bounded."""

import pytest

from shanhai.carriers.page import read_page


def texts(page: str, table: int = 1) -> list[list[str]]:
    return [[c.text for c in row] for row in read_page(page.encode(), "utf-8", table).rows]


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


def test_the_text_of_an_inner_table_is_not_of_the_outer_cell() -> None:
    page = "<table><tr><td>注<table><tr><td>951435</td></tr></table></td><td>2</td></tr></table>"
    assert texts(page) == [["注", "2"]]
    assert texts(page, 2) == [["951435"]]


def test_what_the_page_hides_is_not_read() -> None:
    page = """<table><tr><td>甲</td><td style="DISPLAY : none">9</td><td>1<span style="display:none">7</span></td></tr>
    <tr style='display:none'><td>8</td></tr><tbody hidden><tr><td>7</td></tr></tbody>
    <tr><td>乙<script>5</script><!-- 6 --></td><td>2</td></tr></table>"""
    assert texts(page) == [["甲", "1"], ["乙", "2"]]


def test_a_raised_mark_stands_apart_and_a_styled_digit_does_not() -> None:
    page = "<table><tr><td>951435<sup>2</sup></td><td><b>95</b>1435</td></tr></table>"
    assert texts(page) == [["951435\n2", "951435"]]


def test_malformed_spans_do_not_grow_the_table() -> None:
    page = """<table><tr><td rowspan="99999999999">甲</td><td colspan="x">1</td><td colspan="-3">2</td></tr>
    <tr><td rowspan="0">3</td></tr></table>"""
    assert texts(page) == [["甲", "1", "2"], ["甲", "3"]]
    wide = "<table>" + "<tr>" + '<td colspan="1000" rowspan="1000"></td>' * 60 + "</tr>" * 100
    with pytest.raises(ValueError, match="more than 500000 cells"):
        texts(wide + "<tr></tr>" * 100 + "</table>")


def test_a_workbook_exported_as_a_page_reads_by_its_bytes() -> None:
    page = """<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head>
    <meta http-equiv=Content-Type content="text/html; charset=gb2312"></head><body><table>
    <col width=72 style='mso-width-source:userset'><tr height=19><td class=xl65 x:num="951435">951,435</td></tr>
    <![if supportMisalignedColumns]><tr height=0 style='display:none'><td width=72></td></tr><![endif]>
    </table></body></html>"""
    grid = read_page(page.encode("gbk"), "gb18030", 1)
    assert [[(c.text, c.locator) for c in row] for row in grid.rows] == [[("951,435", "T1R1C1")]]


@pytest.mark.parametrize(
    ("page", "encoding", "problem"),
    [
        ('<meta charset="utf-8"><table></table>', "gb18030", "byte 15: the page says it is utf-8"),
        ("<meta charset=big5><table></table>", "utf-8", "the page says it is big5"),
        ("<meta charset=x-unknown><table></table>", "utf-8", "the page says it is x-unknown"),
        ("<p>no table", "utf-8", "no table 1; the page has 0"),
        ("  ", "utf-8", "the page is empty"),
        ("<table><tr><td>\ufffd</td></tr></table>", "utf-8", "line 1, char 15: "),
    ],
)
def test_a_page_that_is_not_as_declared_is_refused(page: str, encoding: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        read_page(page.encode(), encoding, 1)
