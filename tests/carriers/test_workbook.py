"""Workbooks give what the sheet shows; what it hides, never computed or cannot show is named and refused."""

import datetime
import io
import re
import zipfile
from collections.abc import Callable
from decimal import Decimal

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from tests.small_library import SmallLibrary

from shanhai.carriers.number_format import show_date, show_number, shower
from shanhai.carriers.workbook import read_workbook
from shanhai.errors import CellError, PublicationError

DOCUMENT = """\
    relation: observations
    carrier: xlsx
    period: 2020
    layout: {head_rows: [1], label_column: 地区, within: 浙江省}
    columns:
      - {head: 地区生产总值(亿元), indicator: gdp}
"""


def workbook(fill: Callable[[Worksheet], None]) -> bytes:
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "七普"
    fill(sheet)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def table(sheet: Worksheet) -> None:
    for row in (("地区", "地区生产总值(亿元)"), ("云和县", 95.1), ("庆元县", 3.4)):
        sheet.append(row)
    sheet["B3"].number_format = "0.00"


def with_part(content: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The workbook with one part rewritten, or added."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.namelist():
            part = old.read(member)
            new.writestr(member, change(part) if member == name else part)
        if name not in old.namelist():
            new.writestr(name, change(b""))
    return made.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


def test_merged_cells_of_a_workbook_cover_their_columns() -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.append(["地区", "人口数"])
        sheet.append([None, "合计", "男"])
        sheet.append([None, 64567588, 109.04])
        sheet.merge_cells("B1:C1")

    content = workbook(fill)
    grid = read_workbook(content, "七普")
    head = grid.cell(1, 3)
    assert head is not None
    assert (head.text, head.spanned) == ("人口数", True)
    assert [(c.text, c.locator) for c in grid.rows[2][1:]] == [("64567588", "七普!B3"), ("109.04", "七普!C3")]
    with pytest.raises(ValueError, match="no sheet"):
        read_workbook(content, "六普")


def test_figures_have_the_decimals_that_the_sheet_shows(small_library: SmallLibrary) -> None:
    reader = small_library.reader(small_library.add("bureau/gdp", "g.xlsx", workbook(table), DOCUMENT))
    first, second = reader.rows()
    assert (first["printed"], first["decimals"]) == ("95.1", 1)
    assert (second["printed"], second["decimals"], second["locator"]) == ("3.40", 2, "七普!B3")
    assert reader.printed_at("七普!B3") == "3.40"


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (3.4, "General", "3.4"),
        (0.1 + 0.2, "General", "0.3"),
        (1e-7, "General", "0.0000001"),
        (951435.0, "General", "951435"),
        (3.4, "0.00", "3.40"),
        (2.675, "0.00", "2.68"),
        (-2.5, "0", "-3"),
        (1234567.0, "#,##0", "1,234,567"),
        (1234.5, "#,##0.00_ ", "1,234.50"),
        (-1234.5, "#,##0.0;(#,##0.0)", "(1,234.5)"),
        (-4.1, "0.0_ ;[Red]-0.0 ", "-4.1"),
        (0.0, '_ * #,##0_ ;_ * -#,##0_ ;_ * "-"_ ;_ @_ ', "-"),
        (0.0, '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ', "-"),
        (0.123, "0.0%", "12.3%"),
        (330102.0, "000000", "330102"),
        (12.0, "000000", "000012"),
        (3.5, "0.##", "3.5"),
        (12.0, '0"万人"', "12万人"),
        (200000.0, "0.00E+00", "200000"),
        (0.0, "0;-0;;@", ""),
        (3.4, "[$-804]0.00", "3.40"),
        (3.4, "G/通用格式", "3.4"),
    ],
)
def test_a_number_is_printed_as_its_format_shows_it(value: float, code: str, shown: str) -> None:
    assert show_number(value, code) == shown


@pytest.mark.parametrize("code", ["0,", "# ?/?", "[>100]0;0.0", "[DBNum1]0", "h:mm", ";;;"])
def test_a_format_that_would_print_another_figure_is_refused(code: str) -> None:
    with pytest.raises(CellError, match="format"):
        show_number(1234.5, code)


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ('yyyy"年"m"月"', "2023年3月"),
        ("yyyy\\-mm", "2023-03"),
        ("yyyy/m/d", "2023/3/31"),
        ("[$-804]yyyy年m月;@", "2023年3月"),
        ("mmm-yy", "2023-03-31"),
    ],
)
def test_a_date_is_a_label_as_its_format_shows_it(code: str, shown: str) -> None:
    assert show_date(datetime.date(2023, 3, 31), code) == shown

    def fill(sheet: Worksheet) -> None:
        sheet["A1"] = datetime.date(2023, 3, 31)
        sheet["A1"].number_format = code

    assert read_workbook(workbook(fill), None).rows[0][0].text == shown


def test_a_formula_gives_its_computed_value_and_is_refused_without() -> None:
    content = workbook(lambda sheet: sheet.append(["合计", "=1+1", 3]))
    grid = read_workbook(content, None)
    with pytest.raises(CellError, match="cell 七普!B1 holds a formula without a computed value"):
        grid.cell(1, 2)
    assert grid.rows[0][2].text == "3"
    computed = with_part(content, SHEET, lambda part: re.sub(rb"<v ?/>|<v></v>", b"<v>2</v>", part))
    cell = read_workbook(computed, None).cell(1, 2)
    assert cell is not None
    assert cell.text == "2"


def test_errors_and_truth_values_are_no_figures() -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.append([True, "#DIV/0!", "# 其中"])
        sheet["B1"].data_type = "e"

    grid = read_workbook(workbook(fill), None)
    for column, problem in ((1, "A1 holds True"), (2, "B1 holds the error #DIV/0!")):
        with pytest.raises(CellError, match=problem):
            grid.cell(1, column)
    assert grid.rows[0][2].text == "# 其中"


def test_several_tables_stand_on_one_sheet(small_library: SmallLibrary) -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.append(["表一"])
        table(sheet)
        sheet.append(["注：本表按当年价格计算"])
        sheet["D2"], sheet["E2"], sheet["D3"], sheet["E3"] = "地区", "地区生产总值(亿元)", "景宁县", "=1+1"

    layout = "{head_rows: [2], last_row: 4, last_column: 2, label_column: 地区, within: 浙江省}"
    document = DOCUMENT.replace("{head_rows: [1], label_column: 地区, within: 浙江省}", layout)
    reader = small_library.reader(small_library.add("bureau/gdp", "g.xlsx", workbook(fill), document))
    assert [(r["subject_name"], r["locator"]) for r in reader.rows()] == [("云和县", "七普!B3"), ("庆元县", "七普!B4")]
    for change, problem in (
        (("last_row: 4", "last_row: 9"), "ends beyond the printed 5 rows"),
        (("last_column: 2", "first_column: 4, last_row: 3"), "E3 holds a formula"),
    ):
        text = document.replace(*change).replace("last_row: 4, first", "first")
        with pytest.raises(PublicationError, match=problem):
            list(small_library.reader(small_library.add("bureau/gdp", "g.xlsx", workbook(fill), text)).rows())


@pytest.mark.parametrize("what", ["row", "column"])
def test_hidden_cells_are_refused_until_declared(small_library: SmallLibrary, what: str) -> None:
    def fill(sheet: Worksheet) -> None:
        table(sheet)
        sheet["C1"], sheet["C2"], sheet["C3"] = "备注", "x", "y"
        if what == "row":
            sheet.row_dimensions[3].hidden = True
        else:
            sheet.column_dimensions["C"].hidden = True

    document = DOCUMENT + "    ignored: [备注]\n"
    expected = {
        ("row", "read"): ["云和县", "庆元县"],
        ("row", "skip"): ["云和县"],
        ("column", "read"): ["云和县", "庆元县"],
    }
    for hidden in ("read", "skip"):
        text = document.replace("head_rows", f"hidden: {hidden}, head_rows")
        if (what, hidden) == ("column", "skip"):
            text = text.replace("    ignored: [备注]\n", "")
        reader = small_library.reader(small_library.add("bureau/gdp", "g.xlsx", workbook(fill), text))
        names = [r["subject_name"] for r in reader.rows()]
        assert names == expected.get((what, hidden), ["云和县", "庆元县"])
    with pytest.raises(PublicationError, match=r"hidden cells, 七普!(A3|C1) the first: declare"):
        list(small_library.reader(small_library.add("bureau/gdp", "g.xlsx", workbook(fill), document)).rows())


@pytest.mark.parametrize(
    ("stored", "code", "head", "figure"),
    [
        (0.125, "0.0%", "增速(%)", ("12.5%", Decimal("12.5"), 1, "%")),
        (0.125, "0.0%", "增速", ("12.5%", Decimal("12.5"), 1, "%")),
        (-0.041, "0.00%", "增速", ("-4.10%", Decimal("-4.10"), 2, "%")),
        (-0.041, "0.0%;(0.0%)", "增速", ("(4.1%)", Decimal("-4.1"), 1, "%")),
        (0.125, "General", "增速(%)", ("0.125", Decimal("0.125"), 3, "%")),
        ("４.1％", "General", "增速", ("４.1％", Decimal("4.1"), 1, "%")),
    ],
)
def test_a_cell_that_shows_per_cent_is_the_figure_it_shows(
    small_library: SmallLibrary, stored: float | str, code: str, head: str, figure: tuple[object, ...]
) -> None:
    def fill(sheet: Worksheet) -> None:
        for row in (("地区", head), ("云和县", stored)):
            sheet.append(row)
        sheet["B2"].number_format = code

    document = DOCUMENT.replace("地区生产总值(亿元), indicator: gdp", f"{head}, indicator: gdp_real_growth")
    reader = small_library.reader(small_library.add("bureau/growth", "g.xlsx", workbook(fill), document))
    (row,) = reader.rows()
    assert (row["printed"], row["obs_value"], row["decimals"], row["unit_printed"]) == figure
    assert reader.printed_at("七普!B2") == row["printed"]


@pytest.mark.parametrize(
    ("head", "indicator", "problem"),
    [
        ("地区生产总值(亿元)", "gdp", r"B2 \(.*prints '12.5%' in a column of 亿元"),
        ("地区生产总值", "gdp", r"B2 \(.*unit '%' is not a unit of CNY"),
        ("增速(个百分点)", "gdp_real_growth", r"B2 \(.*prints '12.5%' in a column of 个百分点"),
    ],
)
def test_per_cent_where_the_column_says_another_unit_is_refused(
    small_library: SmallLibrary, head: str, indicator: str, problem: str
) -> None:
    def fill(sheet: Worksheet) -> None:
        for row in (("地区", head), ("云和县", 0.125)):
            sheet.append(row)
        sheet["B2"].number_format = "0.0%"

    document = DOCUMENT.replace("地区生产总值(亿元), indicator: gdp", f"{head}, indicator: {indicator}")
    with pytest.raises(PublicationError, match=problem):
        list(small_library.reader(small_library.add("bureau/growth", "g.xlsx", workbook(fill), document)).rows())


def test_a_hidden_sheet_is_refused_until_declared() -> None:
    def fill(sheet: Worksheet) -> None:
        sheet["A1"] = "x"
        assert sheet.parent is not None
        sheet.parent.create_sheet("可见")
        sheet.sheet_state = "veryHidden"

    with pytest.raises(ValueError, match="sheet '七普' is hidden"):
        read_workbook(workbook(fill), "七普")
    assert read_workbook(workbook(fill), "七普", "read").rows[0][0].text == "x"


def test_a_macro_is_never_touched() -> None:
    content = with_part(workbook(table), "xl/vbaProject.bin", lambda _: b"\xd0\xcf\x11\xe0 broken")
    assert read_workbook(content, None).rows[1][0].text == "云和县"


def bomb() -> bytes:
    return with_part(workbook(table), "xl/media/image1.png", lambda _: bytes(50 * 2**20))


def huge() -> bytes:
    return with_part(
        workbook(table),
        SHEET,
        lambda part: part.replace(
            b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
        ),
    )


def implied() -> bytes:
    return with_part(
        workbook(table),
        SHEET,
        lambda part: part.replace(
            b"</sheetData>", b'<row r="1048576"><c r="XFC1048576"/><c><v>1</v></c></row></sheetData>'
        ),
    )


def entity() -> bytes:
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b SYSTEM "file:///etc/passwd">]>'
    return with_part(workbook(table), "xl/workbook.xml", lambda part: laughs + part)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (bomb(), "part xl/media/image1.png unpacks to more than 400 times"),
        (huge(), "more than 5000000 cells"),
        (implied(), "more than 5000000 cells"),
        (entity(), "part xl/workbook.xml declares a document type"),
        (workbook(table)[:-200], "the zip archive is broken"),
        (with_part(workbook(table), SHEET, lambda part: part[:-40]), "XML is broken"),
        (with_part(workbook(table), SHEET, lambda part: part.decode().encode("utf-16")), "is not UTF-8"),
        (with_part(workbook(table), SHEET, lambda part: part.replace(b'r="B3"', b'r="B0"')), "'B0' is not the address"),
        (with_part(workbook(table), "xl/workbook.xml", lambda _: b"<workbook/>"), "no sheet of cells"),
    ],
    ids=["bomb", "huge", "implied", "entity", "truncated", "broken", "utf-16", "address", "no sheet"],
)
def test_a_hostile_or_broken_workbook_is_refused(content: bytes, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        read_workbook(content, None)


@pytest.mark.parametrize("carrier", ["xlsx", "xls"])
@pytest.mark.parametrize(
    ("content", "looks"),
    [(b"<html><table><tr><td>1</td></tr></table></html>", "html"), (b"%PDF-1.7", "pdf"), ("地区,1".encode(), "text")],
)
def test_a_file_that_is_no_workbook_is_named_by_its_bytes(
    small_library: SmallLibrary, carrier: str, content: bytes, looks: str
) -> None:
    document = DOCUMENT.replace("xlsx", carrier)
    key = small_library.add("bureau/gdp", f"g.{carrier}", content, document)
    with pytest.raises(PublicationError, match=f"the bytes are {looks}, not {carrier}"):
        list(small_library.reader(key).rows())


@pytest.mark.parametrize(
    ("serial", "code", "is_1904", "shown"),
    [
        ("45016", "yyyy-mm-dd", False, "2023-03-31"),
        ("43554", "yyyy-mm-dd", True, "2023-03-31"),
        ("45016", "General", False, "45016"),
        ("45016", 'yyyy"年"m"月"', False, "2023年3月"),
    ],
)
def test_a_serial_is_a_day_where_its_format_shows_one(serial: str, code: str, is_1904: bool, shown: str) -> None:
    assert shower(code, is_1904).show(serial) == shown


@pytest.mark.parametrize("serial", ["45016.5", "59", "0.25", "-1", "2958466", "1e999", "x"])
def test_a_serial_that_is_no_day_is_refused(serial: str) -> None:
    with pytest.raises(CellError, match=r"date format|no number"):
        shower("yyyy-mm-dd", is_1904=False).show(serial)
