"""An edition is read whole, every row with its locator, or refused whole, naming table, edition and cell."""

from decimal import Decimal

import pytest
from tests.small_library import CITIES, COMMUNIQUE, HEAD, PAGE, TEXT, YEARBOOK, SmallLibrary

from shanhai.errors import DocumentError, PublicationError


def test_a_table_with_a_unit_row(small_library: SmallLibrary) -> None:
    content = (HEAD + "云和县,951435①,112635\r\n庆元县,,\r\n").encode("gb18030")
    reader = small_library.reader(small_library.add("bureau/yearbook", "y.csv", content, YEARBOOK))
    rows = list(reader.rows())
    assert len(rows) == 4
    first = rows[0]
    assert first["division_code"] == "331125"
    assert first["printed"] == "951435①"
    assert first["value"] == Decimal(9514350000)
    assert (first["unit_printed"], first["unit_mult"], first["obs_status"]) == ("万元", 4, "A")
    assert reader.printed_at(str(first["locator"])) == "951435①"
    missing = rows[2]
    assert (missing["value"], missing["obs_status"]) == (None, "O")


def test_a_page_with_merged_heads_groups_and_ranks(small_library: SmallLibrary) -> None:
    reader = small_library.reader(small_library.add("bureau/cities", "c.html", PAGE.encode(), CITIES))
    rows = list(reader.rows())
    assert [(r["subject_kind"], r["subject_name"], r["division_code"]) for r in rows[::2]] == [
        ("division_group", "浙东北", None),
        ("division", "杭州市", "330100"),
    ]
    assert rows[2]["value"] == Decimal("28795000000")
    assert reader.tally.cells_ignored == 3


def test_one_text_holds_two_rounds(small_library: SmallLibrary) -> None:
    reader = small_library.reader(small_library.add("bureau/communique", "c.txt", TEXT.encode(), COMMUNIQUE, "2022"))
    gdp, growth, final = reader.rows()
    assert (gdp["value"], gdp["estimate_round"], gdp["obs_status"]) == (Decimal(9514350000), "PRELIM", "P")
    assert growth["value"] == Decimal("-4.1")
    assert (final["time_period"], final["estimate_round"], final["obs_status"]) == ("2021", "FINAL", "A")
    assert gdp["vintage_set_id"] == final["vintage_set_id"]
    assert reader.printed_at(str(growth["locator"])) == "下降4.1%"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (HEAD + "云和市,1,2\r\n", "cell R4C2 .*'云和市' names no division"),
        (HEAD + "云和县,9514359728464,2\r\n", "cell R4C2 .*several numbers"),
        (HEAD + "云和县,一,2\r\n", "cell R4C2 .*一"),
        (HEAD + "云和县,951435\r\n", "the row ends before this column"),
        (HEAD.replace("万元", "美元") + "云和县,1,2\r\n", "unit '美元' is not a unit of CNY"),
        (HEAD.replace("户籍人口", "常住人口") + "云和县,1,2\r\n", r"(?s)the head: .*- 户籍人口\n\+ 常住人口"),
    ],
)
def test_what_does_not_read_is_refused_with_its_place(small_library: SmallLibrary, body: str, expected: str) -> None:
    key = small_library.add("bureau/yearbook", "y.csv", body.encode("gb18030"), YEARBOOK)
    with pytest.raises(PublicationError, match=expected) as caught:
        list(small_library.reader(key).rows())
    assert str(caught.value).startswith("bureau/yearbook, edition 2020, ")


def test_another_encoding_is_refused(small_library: SmallLibrary) -> None:
    key = small_library.add("bureau/yearbook", "y.csv", (HEAD + "龙游县,1,2\r\n").encode("utf-16"), YEARBOOK)
    with pytest.raises(PublicationError, match="does not open as csv"):
        list(small_library.reader(key).rows())


def test_a_statement_that_is_gone_refuses_the_text(small_library: SmallLibrary) -> None:
    text = TEXT.replace("经最终核实", "据最终核实")
    key = small_library.add("bureau/communique", "c.txt", text.encode(), COMMUNIQUE, "2022")
    with pytest.raises(PublicationError, match=r"经最终核实.*is not in the text"):
        list(small_library.reader(key).rows())


REPRINT = "園區(qū)共100個左右，占比超過70%，億(yì)元……\n"
PLAN = """\
    relation: observations
    carrier: text
    repair: [strip_pinyin, traditional_to_simplified]
    subject: 云和县
    period: 2023
    accum: PIT
    statements:
      - says: 园区共{key_parks}，占比{main_industry_revenue_share}
"""


def test_a_repaired_text_keeps_the_printed_characters(small_library: SmallLibrary) -> None:
    reader = small_library.reader(small_library.add("bureau/plan", "p.txt", REPRINT.encode(), PLAN))
    parks, share = reader.rows()
    assert (parks["value"], parks["value_qualifier"], parks["printed"]) == (100, "APPROX", "100個左右")
    assert (share["value"], share["value_qualifier"], share["printed"]) == (70, "GT", "超過70%")
    for row in (parks, share):
        assert reader.printed_at(str(row["locator"])) == row["printed"]


@pytest.mark.parametrize(
    ("document", "text", "problem"),
    [
        (PLAN.replace("    repair: [strip_pinyin, traditional_to_simplified]\n", ""), REPRINT, "the text: holds"),
        (PLAN, REPRINT + "锟斤拷", "line 2, char 31: '锟斤拷'"),
        (PLAN, REPRINT + "？藏熑螁挝唬菏", "line 2, char 32: '藏熑螁挝'"),
    ],
)
def test_a_damaged_text_is_refused(small_library: SmallLibrary, document: str, text: str, problem: str) -> None:
    key = small_library.add("bureau/plan", "p.txt", text.encode(), document)
    with pytest.raises(PublicationError, match=problem):
        list(small_library.reader(key).rows())


def test_a_damaged_table_is_refused_with_its_row(small_library: SmallLibrary) -> None:
    content = (HEAD + "云和縣(xiàn),1,2\r\n").encode()
    document = YEARBOOK.replace("gb18030", "utf-8")
    key = small_library.add("bureau/yearbook", "y.csv", content, document)
    with pytest.raises(PublicationError, match="row 4: holds '縣"):
        list(small_library.reader(key).rows())


def test_tables_are_never_repaired(small_library: SmallLibrary) -> None:
    key = small_library.add(
        "bureau/yearbook", "y.csv", HEAD.encode("gb18030"), YEARBOOK + "    repair: [strip_pinyin]\n"
    )
    with pytest.raises(DocumentError, match="`repair` is for texts"):
        small_library.reader(key)


def test_an_article_printed_twice_is_counted(small_library: SmallLibrary) -> None:
    content = f"{TEXT}\n\n{TEXT}\n".encode()
    reader = small_library.reader(small_library.add("bureau/communique", "c.txt", content, COMMUNIQUE, "2022"))
    assert len(list(reader.rows())) == 3
    assert reader.tally.paragraphs_repeated == 1


OF_WHICH = """\
    relation: observations
    carrier: csv
    period: 2023
    layout:
      head_rows: [1]
      label_column: 地区
      within: 浙江省
      labels: {"#城区": {name: 丽水市城区, of: 丽水市}, "其中:莲都区": {kind: division, name: 莲都区, of: 丽水市}}
    columns:
      - {head: 生产总值(亿元), indicator: gdp}
"""
PARTS = "地区,生产总值(亿元)\n丽水市,1964.37\n#城区,300\n其中:莲都区,500\n注：按现价计算,\n"


def test_parts_follow_their_whole_and_notes_are_left_out(small_library: SmallLibrary) -> None:
    reader = small_library.reader(small_library.add("bureau/parts", "p.csv", PARTS.encode(), OF_WHICH))
    whole, town, district = reader.rows()
    assert whole["comment"] is None
    assert (town["subject_kind"], town["subject_name"]) == ("division_group", "丽水市城区")
    assert (district["subject_kind"], district["division_code"]) == ("division", "331102")
    assert all("of which: part of 丽水市" in str(row["comment"]) for row in (town, district))
    assert reader.tally.cells_ignored == 2


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (("#城区", "#郊区"), r"row 3 \(#郊区\): is part of a row above"),
        (("注：按现价计算,", "注：按现价计算,12"), r"row 5 .*more than the note"),
        (("注：按现价计算,", "丽水位次,5"), r"row 5 \(丽水位次\): is a row of ranks"),
        (("丽水市,1964.37\n", ""), r"row 2 \(#城区\): is declared part of '丽水市', which no row above is"),
        (("地区,生产总值(亿元)", "20203,生产总值(亿元)"), "the head: prints '20203' at R1C1"),
    ],
)
def test_a_row_that_nobody_declared_is_refused(
    small_library: SmallLibrary, change: tuple[str, str], expected: str
) -> None:
    broken = PARTS.replace(*change)
    assert broken != PARTS
    key = small_library.add("bureau/parts", "p.csv", broken.encode(), OF_WHICH)
    with pytest.raises(PublicationError, match=expected):
        list(small_library.reader(key).rows())


def test_a_merged_cell_is_not_read_as_several_figures(small_library: SmallLibrary) -> None:
    page = PAGE.replace("<td> 287.95 </td><td></td>", '<td colspan="2">287.95</td>')
    assert page != PAGE
    key = small_library.add("bureau/cities", "c.html", page.encode(), CITIES)
    with pytest.raises(PublicationError, match="a merged cell covers several figures"):
        list(small_library.reader(key).rows())
