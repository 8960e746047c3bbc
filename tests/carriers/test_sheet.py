"""Rows cut by expressions read as rows that are parsed, and both as other libraries read them."""

import io
import math
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from python_calamine import CalamineWorkbook
from tests.carriers.extreme_files import sheet, workbook

from shanhai.carriers import shared_texts
from shanhai.carriers.grid import Grid
from shanhai.carriers.row_forms import CutRows, RowForms
from shanhai.carriers.sheet import SheetReader
from shanhai.carriers.workbook import read_workbook

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHARED = ["地区", "云和县", " a &amp; b ", "", "_x000D_", "增速&lt;0"]
STYLES = (
    f'<styleSheet xmlns="{MAIN}"><numFmts><numFmt numFmtId="170" formatCode="#,##0.0_ "/></numFmts>'
    '<cellXfs><xf numFmtId="0"/><xf numFmtId="2"/><xf numFmtId="10"/><xf numFmtId="170"/><xf numFmtId="14"/></cellXfs>'
    "</styleSheet>"
).encode()
TEXTS = (
    f'<sst xmlns="{MAIN}">'
    + "".join(f'<si><t xml:space="preserve">{text}</t></si>' for text in SHARED)
    + "<si><r><t>富</t></r><r><rPr/><t>阳</t></r><rPh><t>fuyang</t></rPh></si></sst>"
).encode()
NUMBERS = st.sampled_from(
    ["0", "-0", "1", "-17", "3.4", "3.40", "007", "0.1", "-0.25", "1E-3", "1.5e3", "951435", "123456789012345678",
     "99894.850000000006", "0.30000000000000004", "1e400", "x", "45000", "45000.5", "12.345", "999999999999999.9"]
)  # fmt: skip
# A cell as a sheet writes it, with {r} for its row and {c} for its column.
CELLS = st.one_of(
    NUMBERS.map(lambda n: f'<c r="{{c}}{{r}}"><v>{n}</v></c>'),
    st.tuples(NUMBERS, st.integers(0, 5)).map(lambda t: f'<c r="{{c}}{{r}}" s="{t[1]}"><v>{t[0]}</v></c>'),
    st.tuples(NUMBERS, st.integers(0, 4)).map(lambda t: f'<c r="{{c}}{{r}}" s="{t[1]}" t="n"><v>{t[0]}</v></c>'),
    st.integers(0, 8).map(lambda n: f'<c r="{{c}}{{r}}" s="1" t="s"><v>{n}</v></c>'),
    st.sampled_from(["", "&#22320;区", "&amp;lt;", " 云 ", "_x0041_"]).map(
        lambda text: f'<c r="{{c}}{{r}}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
    ),
    st.sampled_from(
        [
            '<c r="{c}{r}"/>', '<c r="{c}{r}" s="3"/>', '<c r="{c}{r}"></c>', "", '<c r="{c}{r}" t="b"><v>1</v></c>',
            '<c r="{c}{r}" t="e"><v>#N/A</v></c>', '<c r="{c}{r}"><f>A1+1</f><v>2.5</v></c>',
            '<c r="{c}{r}"><f>A1+1</f></c>', '<c r="{c}{r}"><f>A1</f><v></v></c>',
            '<c r="{c}{r}" t="str"><f>A1</f><v/></c>',
            '<c r="{c}{r}" t="str"><f t="shared" si="0"/><v>甲&amp;乙</v></c>',
            '<c r="{c}{r}" t="d"><v>2023-03-31</v></c>',
            '<c s="1" r="{c}{r}"><v>7</v></c>', '<c r="{c}{r}" cm="1"><v>8</v></c>', '<c r="{c}{r}" t="x"><v>9</v></c>',
        ]
    ),
)  # fmt: skip
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["", ' spans="1:9"', ' ht="0" customHeight="1"', ' hidden="1"', ' ht="15.5"', " x='1'"]),
        st.lists(CELLS, max_size=6),
        st.sampled_from([1, 2, 60]),
    ),
    max_size=5,
)


def xml(rows: list[tuple[str, list[str], int]]) -> str:
    lines, number = [], 0
    for attributes, cells, times in rows:
        for _ in range(times):
            number += 1
            written = "".join(cell.format(r=number, c="ABCDEF"[i]) for i, cell in enumerate(cells))
            lines.append(f'<row r="{number}"{attributes}>{written}</row>')
    return "".join(lines)


def told(grid: Grid) -> tuple[object, ...]:
    texts = [list(row) for row in grid.texts]
    return texts, grid.unreadable, grid.hidden_rows, grid.hidden_columns, grid.spanned


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(ROWS)
def test_a_row_that_is_cut_reads_as_one_that_is_parsed(rows: list[tuple[str, list[str], int]]) -> None:
    merged = '<mergeCells count="1"><mergeCell ref="A1:B2"/></mergeCells>'
    cut = workbook(sheet=sheet(xml(rows), merged), styles=STYLES, shared=TEXTS)
    # A comment makes the reader parse all that follows it.
    parsed = workbook(sheet=sheet("<!-- -->" + xml(rows), merged), styles=STYLES, shared=TEXTS)
    assert told(read_workbook(cut, None)) == told(read_workbook(parsed, None))


def test_rows_of_a_table_are_cut_not_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    # Without this the test above could compare parsing with parsing.
    cut: list[int] = []
    original = RowForms.cut

    def counting(self: RowForms, rows: str, at: int) -> tuple[CutRows | None, int]:
        found, end = original(self, rows, at)
        cut.append(len(found.numbers) if found else 0)
        return found, end

    monkeypatch.setattr(RowForms, "cut", counting)
    rows = [("", ['<c r="{c}{r}" s="1" t="s"><v>1</v></c>', '<c r="{c}{r}"><v>3.4</v></c>'], 200)]
    assert len(read_workbook(workbook(sheet=sheet(xml(rows)), styles=STYLES, shared=TEXTS), None).texts) == 200
    assert (sum(cut), max(cut) > 100) == (200, True)


PLAIN_TEXTS = st.sampled_from(
    ["<t>云和县</t>", '<t xml:space="preserve"> 云 </t>', "<t></t>", "<t>_x0041_</t>", "<t>a\tb\nc</t>", "<t>%s</t>"]
)
OTHER_TEXTS = st.sampled_from(
    ["<t/>", "<t>a&amp;b</t>", "<t>a\r\nb</t>", "<r><t>富</t></r><r><t>阳</t></r>", "<t>富</t><rPh><t>fu</t></rPh>"]
)


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.lists(st.one_of(PLAIN_TEXTS, OTHER_TEXTS), min_size=1, max_size=4))
def test_shared_texts_that_are_cut_read_as_those_that_are_parsed(texts: list[str]) -> None:
    rows = "".join(
        f'<row r="{n}"><c r="A{n}" t="inlineStr"><is><t>第</t></is></c><c r="B{n}" t="s"><v>{n - 1}</v></c></row>'
        for n in range(1, len(texts) + 1)
    )
    shared = "".join(f"<si>{text}</si>" for text in texts)
    cut, parsed = (
        workbook(sheet=sheet(rows), shared=f'<sst xmlns="{MAIN}">{before}{shared}</sst>'.encode())
        for before in ("", "<!-- -->")
    )
    assert told(read_workbook(cut, None)) == told(read_workbook(parsed, None))


def test_plain_shared_texts_are_cut() -> None:
    # Without this the test above could compare parsing with parsing.
    assert shared_texts._cut_plain(f'<sst xmlns="{MAIN}"><si><t>云和县</t></si></sst>'.encode()) == (
        ["云和县"], f'<sst xmlns="{MAIN}"></sst>'.encode(),
    )  # fmt: skip
    for left in ("<sst><!-- <si><t>云和县</t></si> --></sst>", '<?xml version="1.0" encoding="gb2312"?><sst ><si>'):
        assert shared_texts._cut_plain(left.encode()) == ([], left.encode())


VALUES = st.one_of(
    st.none(),
    st.integers(-(10**14), 10**14),
    st.floats(allow_nan=False, allow_infinity=False, min_value=-1e12, max_value=1e12).filter(lambda x: abs(x) > 1e-9),
    st.text(
        st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"], exclude_characters="_"), min_size=1, max_size=12
    ).filter(lambda text: not text.startswith("=") and text.strip() == text),
)


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.lists(st.lists(VALUES, min_size=1, max_size=5), min_size=1, max_size=8), st.booleans())
def test_a_workbook_gives_what_another_library_reads(values: list[list[object]], inline: bool) -> None:
    file = io.BytesIO()
    book = Workbook(write_only=inline)
    made = book.create_sheet("表") if inline else book.active
    assert made is not None
    for row in values:
        made.append([WriteOnlyCell(made, value) for value in row] if inline else row)
    book.save(file)
    texts = [list(row) for row in read_workbook(file.getvalue(), None).texts]
    file.seek(0)
    other = CalamineWorkbook.from_filelike(file).get_sheet_by_index(0).to_python(skip_empty_area=False)
    assert len(texts) == len(other)
    for ours, theirs in zip(texts, other, strict=True):
        for text, value in zip(ours, theirs, strict=True):
            if isinstance(value, float | int) and not isinstance(value, bool):
                assert math.isclose(float(Decimal(text)), value, rel_tol=1e-14)
            else:
                assert text == value


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ('<row r="2"><c r="A2"><v>1</v></c></row><row r="2"><c r="A2"><v>2</v></c></row>', "row 2 stands below row 2"),
        ('<row r="3"><c r="A2"><v>1</v></c></row>', "A2 stands in row 3"),
        ('<row r="1"><c r="B1"><v>1</v></c><c r="A1"><v>2</v></c></row>', "not stand in order: B, A"),
        ('<row r="1"><c r="A1"><v>1</v></c>and<c/></row><x', "XML is broken"),
        ('<row r="1"><c r="A1" t="str"><v>&nothing;</v></c></row>', "broken: an & that begins no character"),
        ('<row r="1"><c r="A1" t="str"><v>&#0;</v></c></row>', "&#0; is no character"),
        ('<row r="1"><c r="A1"><v>1</v></c></row></sheetData><sheetData>' + "<row>" * 2, "XML is broken"),
    ],
)
def test_a_sheet_that_contradicts_itself_is_refused(rows: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        read_workbook(workbook(sheet=sheet(rows), styles=STYLES, shared=TEXTS), None)


@pytest.mark.parametrize("size", [1, 7, 64])
def test_a_sheet_reads_the_same_in_whatever_pieces_it_comes(size: int) -> None:
    from shanhai.carriers.number_format import shower
    from shanhai.carriers.showing import Showing

    def showing(style: str | None, kind: str | None) -> Showing:
        return Showing(lambda text: text) if kind else shower("0.00", is_1904=False)

    whole = sheet(
        xml([("", ['<c r="{c}{r}" t="inlineStr"><is><t>云和县</t></is></c>', '<c r="{c}{r}"><v>3.4</v></c>'], 90)])
    )
    pieces = [whole[start : start + size] for start in range(0, len(whole), size)]
    assert [list(row) for row in SheetReader(showing).read(pieces).rows] == [["云和县", "3.40"]] * 90
