"""Word tables give the printed cells: merged ones spread, deleted and hidden text away."""

import io
import zipfile

import pytest
from tests.small_library import SmallLibrary

from shanhai.carriers.document import read_document
from shanhai.errors import PublicationError

NAMESPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
DOCUMENT = """\
    relation: observations
    carrier: docx
    period: 2020
    layout: {head_rows: [1, 2], table: 2, label_column: 地区, within: 浙江省}
    columns:
      - {head: 生产总值(亿元)>总量, indicator: gdp}
      - {head: 生产总值(亿元)>第一产业, indicator: primary_value_added}
"""


def paragraph(text: str) -> str:
    return f"<w:p><w:pPr><w:jc/></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def cell(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{text if text.startswith('<') else paragraph(text)}</w:tc>"


def row(*cells: str) -> str:
    return f"<w:tr>{''.join(cells)}</w:tr>"


def word(body: str, name: str = "word/document.xml", head: str = "") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            name, f"<?xml version='1.0'?>{head}<w:document {NAMESPACE}><w:body>{body}</w:body></w:document>"
        )
    return file.getvalue()


def texts(body: str) -> list[list[str]]:
    return [[c.text for c in each] for each in read_document(word(f"<w:tbl>{body}</w:tbl>"), 1).rows]


WIDE = '<w:gridSpan w:val="99999"/>'
HEADS = row(cell("地区", '<w:vMerge w:val="restart"/>'), cell("生产总值(亿元)", '<w:gridSpan w:val="2"/>')) + row(
    cell("", "<w:vMerge/>"), cell("总量"), cell("第一产业")
)


def test_a_table_with_merged_heads_reads(small_library: SmallLibrary) -> None:
    body = f"<w:tbl>{row(cell('表一'))}</w:tbl>{paragraph('文')}<w:tbl>{HEADS}"
    content = word(body + f"{row(cell('云和县'), cell('95.14'), cell('4.50'))}</w:tbl>")
    grid = read_document(content, 2)
    assert [(c.text, c.spanned) for c in grid.rows[1]] == [("地区", True), ("总量", False), ("第一产业", False)]
    reader = small_library.reader(small_library.add("bureau/gdp", "g.docx", content, DOCUMENT))
    assert [(r["printed"], r["decimals"], r["locator"]) for r in reader.rows()] == [
        ("95.14", 2, "T2R3C2"),
        ("4.50", 2, "T2R3C3"),
    ]
    assert reader.printed_at("T2R3C3") == "4.50"


def test_what_is_not_on_paper_is_not_read() -> None:
    runs = (
        "<w:p><w:r><w:t>95</w:t></w:r><w:del><w:r><w:t>7</w:t><w:delText>8</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>.1</w:t></w:r></w:ins><w:r><w:rPr><w:vanish/></w:rPr><w:t>9</w:t></w:r>"
        "<w:moveFrom><w:r><w:t>6</w:t></w:r></w:moveFrom></w:p>"
    )
    inner = f"{paragraph('外')}<w:tbl>{row(cell('内'))}</w:tbl><w:p/>"
    raised = (
        '<w:p><w:r><w:t>12.5</w:t></w:r><w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:t>2</w:t></w:r></w:p>'
    )
    assert texts(row(cell(runs), cell(inner), cell(raised))) == [["95.1", "外", "12.5\n2"]]
    assert read_document(word(f"<w:tbl>{row(cell(inner))}</w:tbl>"), 2).rows[0][0].text == "内"


def test_rows_and_cells_in_content_controls_are_of_the_table() -> None:
    control = "<w:sdt><w:sdtContent>{}</w:sdtContent></w:sdt>"
    body = control.format(row(cell("甲"), control.format(cell("1"))))
    deleted = f"<w:tr><w:trPr><w:del/></w:trPr>{cell('乙')}</w:tr>"
    late = '<w:tr><w:trPr><w:gridBefore w:val="1"/></w:trPr>' + cell("2") + "</w:tr>"
    assert texts(body + deleted + late) == [["甲", "1"], ["", "2"]]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (word(paragraph("无表")), "no table 1; the document has 0"),
        (word("", name="word/other.xml"), "holds no Word document"),
        (word("<w:tbl>"), "the XML is broken"),
        (word("", head='<!DOCTYPE x [<!ENTITY a "ha">]>'), "declares a document type"),
        (word(f"<w:tbl>{row(cell('x' * 40_000_000))}</w:tbl>"), "unpacks to more than 400 times"),
        (word("<w:tbl>" + row(*[cell("", WIDE)] * 6000) + "</w:tbl>"), "more than 500000 cells"),
        (word("<w:tbl/>")[:-30], "the zip archive is broken"),
    ],
    ids=["no table", "no document", "broken", "entity", "bomb", "spans", "truncated"],
)
def test_a_document_that_is_broken_or_hostile_is_refused(content: bytes, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        read_document(content, 1)


def test_another_file_is_named_by_its_bytes(small_library: SmallLibrary) -> None:
    key = small_library.add("bureau/gdp", "g.docx", b"<html><table></table></html>", DOCUMENT)
    with pytest.raises(PublicationError, match="the bytes are html, not docx"):
        list(small_library.reader(key).rows())
