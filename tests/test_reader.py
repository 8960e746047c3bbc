"""An edition is read whole, every row with its locator, or refused whole, naming table, edition and cell."""

from decimal import Decimal

import pytest

from shanhai.errors import PublicationError
from tests.small_library import SmallLibrary

YEARBOOK = """\
    relation: observations
    carrier: csv
    encoding: gb18030
    period: 2020
    estimate_round: FINAL
    layout: {head_rows: [1, 2, 3], unit_row: 2, remark_rows: [3], label_column: Area, within: 浙江省}
    columns:
      - {head: 地区生产总值, indicator: gdp}
      - {head: 户籍人口, indicator: registered_population}
"""
HEAD = "Area,地区生产总值,户籍人口\r\nUnit,万元,人\r\nRemark,\r\n"

CITIES = """\
    relation: observations
    carrier: html
    period: 2015
    layout:
      head_rows: [1, 2]
      label_column: 城市
      within: 浙江省
      labels: {浙东北: {kind: division_group}, 位次: {kind: rank}}
    columns:
      - {head: 生产总值(亿元)>第一产业, indicator: primary_value_added}
      - {head: 财政总收入(亿元), indicator: budget_revenue}
"""
PAGE = """<table>
<tr><th rowspan="2">城市</th><th>生产总值<br>（亿元）</th><th rowspan="2">财政总<br>收入(亿元)</th></tr>
<tr><th>第一<br>产业</th></tr>
<tr><td>浙东北</td><td>1144.27</td><td>6039.77</td></tr><tr><td>杭州市</td><td> 287.95 </td><td></td></tr>
<tr><td>位次</td><td>1</td><td>2</td></tr></table>"""

COMMUNIQUE = """\
    relation: observations
    carrier: text
    subject: 云和县
    period: 2022
    estimate_round: PRELIM
    statements:
      - says: 全县生产总值{gdp}，按可比价格计算，比上年{gdp_real_growth}
      - says: 经最终核实，2021年全县生产总值{gdp}
        period: previous
        estimate_round: FINAL
"""
TEXT = "初步核算，全县生产总值951435万元，按可比价格计算，比上年下降4.1%。经最终核实，2021年全县生产总值972846万元。"


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
        (HEAD + "云和县,1\r\n", "the row ends before this column"),
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
