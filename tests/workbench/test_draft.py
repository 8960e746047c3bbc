"""`shanhai source draft`: what a new table says of itself is proposed, what it does not say is never made up."""

import io
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
import xlwt  # type: ignore[import-untyped]
from tests.carriers.test_document import cell, word
from tests.carriers.test_document import row as word_row
from tests.carriers.test_easyquery import answer, node
from tests.carriers.test_portable import pdf, ruled
from tests.reading.unseen_layouts import unseen
from tests.small_library import PAGE
from tests.workbench.conftest import Run

from shanhai import settings
from shanhai.documents.layout import Column
from shanhai.documents.source import SourceDocument
from shanhai.errors import DocumentError
from shanhai.library import Library
from shanhai.workbench.draft import Draft, draft
from shanhai.workbench.explanation import explain
from shanhai.workbench.naming import period_in

TABLE = """\
表3-1 浙江省分县主要指标（2021年）,,,,
单位：万元,,,,
地区,地区生产总值,第一产业增加值,年末常住人口(万人),神秘指标
云和县,972846,54000,12.7,1
庆元县,800000,…,14.0,2
合 计,1772846,54000,26.7,3
位次,1,2,3,4
注：“…”表示不足最小单位。,,,,
"""


@pytest.fixture(scope="module")
def library() -> Library:
    return Library.open()


def drafted(library: Library, tmp_path: Path, content: bytes, name: str = "table_2022.csv") -> Draft:
    file = tmp_path / name
    file.write_bytes(content)
    return draft(library, file)


def columns(document: SourceDocument) -> dict[str, Column]:
    found = {str(column.indicator): column for column in document.columns}
    assert len(found) == len(document.columns)
    return found


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_table_is_described_by_what_it_prints(library: Library, tmp_path: Path, encoding: str) -> None:
    proposal = drafted(library, tmp_path, TABLE.encode(encoding))
    document = proposal.source.document
    assert document.title.zh == "表3-1 浙江省分县主要指标(2021年)".replace("(", "（").replace(")", "）")
    assert document.encoding == ("gb18030" if encoding == "gb18030" else "utf-8")
    layout = document.layout
    assert layout
    assert (layout.head_rows, layout.label_column, layout.within) == ([3], "地区", "浙江省")
    assert {label: each.kind for label, each in layout.labels.items()} == {
        "合计": "division_group",
        "位次": "rank",
        "注：“…”表示不足最小单位。": "note",
    }
    own = columns(document)
    assert (layout.unit_line, own["gdp"].unit, own["primary_value_added"].unit) == (2, None, None)
    assert own["resident_population"].unit is None
    assert document.ignored == ["神秘指标"]
    assert document.symbols == {"…": "below_unit"}
    assert document.editions[0].period == "2021"
    assert "TO DECIDE" not in proposal.text


def test_the_proposal_reads_the_table(library: Library, tmp_path: Path) -> None:
    proposal = drafted(library, tmp_path, TABLE.encode())
    found = explain(library, proposal.source, proposal.source.document.editions[0], TABLE.encode())
    assert found.loads, found.refusal
    assert len(found.rows) == 9


def test_a_unit_row_and_a_remark_row_are_found(library: Library) -> None:
    file = settings.PUBLISHED / "national_bureau_of_statistics" / "county_yearbook_2020.csv"
    by_hand = library.catalogue.tables["national_bureau_of_statistics/county_yearbook"].document
    document = draft(library, file).source.document
    assert document.layout == by_hand.layout
    assert document.ignored == by_hand.ignored
    assert [(c.head, c.indicator) for c in document.columns] == [(c.head, c.indicator) for c in by_hand.columns]
    assert document.symbols == by_hand.symbols


def test_a_page_with_merged_heads_is_described(library: Library) -> None:
    file = settings.PUBLISHED / "zhejiang_bureau_of_statistics" / "yearbook_2016_17_2.html"
    by_hand = library.catalogue.tables["zhejiang_bureau_of_statistics/yearbook_cities"].document
    document = draft(library, file).source.document
    assert document.layout == by_hand.layout
    assert document.editions[0].period == "2015"
    proposed = {column.head: column.indicator for column in document.columns}
    assert len(proposed) >= 13
    told = {column.head: column.indicator for column in by_hand.columns}
    other = {head for head, indicator in proposed.items() if told.get(head) not in (indicator, None)}
    assert other == {"人均生产总值(元)"}  # printed without its basis, which only a person can find out


def test_a_workbook_with_codes_is_described(library: Library) -> None:
    file = settings.PUBLISHED / "national_bureau_of_statistics" / "census_county_2020.xlsx"
    layout = draft(library, file).source.document.layout
    assert layout
    assert (layout.head_rows, layout.code_column, layout.label_column) == ([2, 3], "区划代码", "地区")


def test_heads_that_are_years_take_the_title_and_their_own_period(library: Library, tmp_path: Path) -> None:
    text = "浙江省各县常住人口\n单位：万人\n地区,2019年,2020年\n云和县,12.1,12.6\n"
    document = drafted(library, tmp_path, text.encode(), "t.csv").source.document
    assert [(c.indicator, c.unit, c.period) for c in document.columns] == [
        ("resident_population", None, "2019"),
        ("resident_population", None, "2020"),
    ]


def test_the_largest_table_of_a_page_is_taken(library: Library, tmp_path: Path) -> None:
    page = "<html><table><tr><td>导航</td></tr></table>" + PAGE.replace("第一<br>产业", "第一产业") + "</html>"
    proposal = drafted(library, tmp_path, page.encode(), "c_2015.html")
    assert proposal.source.document.layout
    assert proposal.source.document.layout.table == 2
    assert "the period is in the name of the file only" in proposal.text


def test_a_column_without_a_unit_is_never_given_one(library: Library, tmp_path: Path) -> None:
    text = "地区,地区生产总值,财政总收入(万元)\n云和县,1,2\n"
    proposal = drafted(library, tmp_path, text.encode(), "t.csv")
    assert proposal.source.document.ignored == ["地区生产总值"]
    assert "- 地区生产总值  # gdp? no unit is printed" in proposal.text
    assert "no period is printed that reads surely" in proposal.text


def test_a_unit_of_another_measure_is_no_match(library: Library, tmp_path: Path) -> None:
    text = "地区,地区生产总值(万人),财政总收入(万元)\n云和县,1,2\n"
    assert "# gdp? printed in 万人" in drafted(library, tmp_path, text.encode(), "t.csv").text


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("t.doc", b"text", "a publication is one of .csv, .xlsx, .xls"),
        ("t.pdf", b"%PDF", "does not open as pdf"),
        ("t.csv", "地区,神秘指标\n云和县,1\n".encode(), "no head with a unit names an indicator"),
        ("t.csv", "只有文字\n没有数字\n".encode(), "no row of figures under a head"),
        ("t.csv", b"", "no row of figures under a head"),
        ("t.csv", "云和县,1\n庆元县,2\n".encode(), "no row of figures under a head"),
        ("t.html", "<p>无表</p>".encode(), "does not open as html"),
    ],
)
def test_what_cannot_be_described_is_told(
    library: Library, tmp_path: Path, name: str, content: bytes, expected: str
) -> None:
    with pytest.raises(DocumentError, match=expected):
        drafted(library, tmp_path, content, name)


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("2021年分县指标", "2021"),
        ("2023年前三季度", "2023-Q3"),
        ("2023年1-9月", "2023-Q3"),
        ("2024年上半年", "2024-S1"),
        ("2024年一季度", "2024-Q1"),
        ("20203 单位:元", None),
        ("2019年和2020年", None),
        ("分县指标", None),
    ],
)
def test_a_period_is_read_only_where_it_is_sure(text: str, period: str | None) -> None:
    assert period_in(text) == period


def reads(library: Library, proposal: Draft, content: bytes, **told: str) -> dict[tuple[str, str], object]:
    """Canonical values by indicator and period, of a proposal that reads whole once a person has `told` the rest."""
    source = proposal.source
    document = source.document.model_copy(update=told)
    completed = type(source)(source.publisher_id, source.table_id, source.path, source.publications, document)
    found = explain(library, completed, document.editions[0], content)
    assert found.refusal is None, found.refusal
    return {(str(row["indicator_code"]), str(row["time_period"])): row["value"] for row in found.rows}


def test_rows_that_are_indicators_are_described(library: Library, tmp_path: Path) -> None:
    content = unseen("quarter_and_year").content
    proposal = drafted(library, tmp_path, content, "gdp.html")
    layout = proposal.source.document.layout
    assert layout
    assert (layout.head_rows, layout.indicator_column, layout.label_column) == ([2, 3], "", None)
    columns = [(c.measure, c.period, c.accum) for c in proposal.source.document.columns]
    assert columns == [
        ("level", "2020-Q4", "DISC"), ("level", "2020", "YTD"), ("growth", "2020-Q4", "DISC"), ("growth", "2020", "YTD")
    ]  # fmt: skip
    assert "# subject: the title names no division of the register" in proposal.text
    values = reads(library, proposal, content, subject="全国", subject_kind="country")
    assert values["industrial_value_added", "2020-Q4"] == 89843 * 10**8
    assert "GDP  # no indicator of the register has this name" in proposal.text


def test_a_word_table_with_a_unit_column_is_described(library: Library, tmp_path: Path) -> None:
    lines = (
        "指 标|单位|绝对数|比上年增长(%)", "地区生产总值|亿元|711.81|7.9", "　第一产业增加值|亿元|23.84|5.6",
        "　第二产业增加值|亿元|335.74|7.1", "　第三产业增加值|亿元|352.24|8.9", "年末常住人口|万人|87.10|",
    )  # fmt: skip
    content = word(f"<w:tbl>{''.join(word_row(*map(cell, line.split('|'))) for line in lines)}</w:tbl>")
    proposal = drafted(library, tmp_path, content, "2023.docx")
    layout = proposal.source.document.layout
    assert layout
    assert (layout.indicator_column, layout.unit_column) == ("指标", "单位")
    held = {each.label: each.indicators for each in proposal.source.document.rows}
    assert held["地区生产总值"] == {"level": "gdp", "growth": "gdp_real_growth"}
    assert held["年末常住人口"] == {"level": "resident_population", "growth": "ignored"}
    told = {"subject": "平阳县", "subject_kind": "division"}
    assert len(reads(library, proposal, content, **told)) == 9


def test_the_largest_table_of_all_pages_is_taken(library: Library, tmp_path: Path) -> None:
    pages = ["地区|常住人口(万人)", "云和县|12.74"], ["地区|地区生产总值(亿元)", "云和县|95.14", "常山县|200.60"]
    content = pdf(*(ruled(lines) for lines in pages))
    proposal = drafted(library, tmp_path, content, "gdp_2022.pdf")
    assert proposal.source.document.layout
    assert proposal.source.document.layout.page == 2
    assert reads(library, proposal, content) == {("gdp", "2022"): 200_60 * 10**6}


def test_an_old_workbook_is_described(library: Library, tmp_path: Path) -> None:
    book, saved = xlwt.Workbook(encoding="utf-8"), io.BytesIO()
    sheet = book.add_sheet("表一")
    for r, line in enumerate((["2022年分县指标"], ["地区", "地区生产总值(万元)"], ["云和县", 951435])):
        for c, text in enumerate(line):
            sheet.write(r, c, text)
    book.save(saved)
    proposal = drafted(library, tmp_path, saved.getvalue(), "t.xls")
    assert proposal.source.document.carrier == "xls"
    assert reads(library, proposal, saved.getvalue()) == {("gdp", "2022"): 951435 * 10**4}


def test_an_answer_of_an_interface_is_described(library: Library, tmp_path: Path) -> None:
    content = answer(node("A0201", "330000", "2020", "64689.1"), node("A0202", "330000", "2020", "2166.3"))
    content = content.replace("指标A0201".encode(), "地区生产总值".encode())
    proposal = drafted(library, tmp_path, content, "answer.json")
    assert [(c.head, c.indicator) for c in proposal.source.document.columns] == [("A0201", "gdp")]
    assert proposal.source.document.ignored == ["A0202"]
    assert "A0202  # 指标A0202 (亿元); no indicator of the register has this name" in proposal.text
    assert len(reads(library, proposal, content)) == 1
    with pytest.raises(DocumentError, match="does not open as json"):
        drafted(library, tmp_path, b"{}", "answer.json")


def test_a_text_is_described_by_phrases_whose_indicators_are_sure(library: Library) -> None:
    file = settings.PUBLISHED / "county_bureaus_of_statistics" / "communique_pingyang_2023.txt"
    proposal = draft(library, file)
    document = proposal.source.document
    assert (document.subject, document.subject_kind, document.editions[0].period) == ("平阳县", "division", "2023")
    values = reads(library, proposal, file.read_bytes())
    assert values["gdp", "2023"] == 71181 * 10**6
    assert values["gdp_real_growth", "2023"] == Decimal("7.9")
    # The bases of per-capita figures are not printed, and last year's final figure is no second figure of this year.
    assert "gdp_per_resident?, gdp_per_registered_person?" in proposal.text
    assert not {code for code, _ in values} & {"gdp_per_resident", "gdp_per_registered_person"}


def test_a_text_with_pinyin_is_repaired_and_one_without_figures_is_not_described(
    library: Library, tmp_path: Path
) -> None:
    text = "2023年云和县公报\n地區(qū)生產(chǎn)總值100.5億元。\n"
    proposal = drafted(library, tmp_path, text.encode(), "t.txt")
    assert proposal.source.document.repair == ["strip_pinyin", "traditional_to_simplified"]
    assert reads(library, proposal, text.encode()) == {("gdp", "2023"): 10050 * 10**6}
    with pytest.raises(DocumentError, match="no phrase with a figure and a unit"):
        drafted(library, tmp_path, "只有文字。\n".encode(), "t.txt")


def test_the_command_prints_a_document_and_what_it_reads(library: Library, tmp_path: Path, shanhai: Run) -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet
    for row in (["云和县等县2021年指标"], ["地区", "地区生产总值(万元)"], ["云和县", 972846], ["云和市", 1]):
        sheet.append(row)
    saved = io.BytesIO()
    workbook.save(saved)
    (tmp_path / "t.xlsx").write_bytes(saved.getvalue())
    done = shanhai(library, "source", "draft", tmp_path / "t.xlsx", "--title-en", "Indicators of counties")
    assert done.exit_code == 0, done.output
    assert "en: Indicators of counties}\n" in done.stdout
    assert "云和市: {kind: division_group}" in done.stdout
    assert "reads 2 figures" in done.stderr


def test_the_command_tells_an_error_in_a_line(library: Library, tmp_path: Path, shanhai: Run) -> None:
    done = shanhai(library, "source", "draft", tmp_path / "none.csv")
    assert done.exit_code == 1
    assert "none.csv" in done.stderr
