"""What the heads, headings and labels of published tables do to a reader: each hazard reads right or is refused.

The figures are synthetic: they show a form, and are of no publication, whatever county stands beside them.
"""

from decimal import Decimal

import pytest
from tests.reading.synthetic_tables import CITIES, read, values
from tests.small_library import SmallLibrary

from shanhai.errors import DocumentError, PublicationError

# --- 5: a communiqué's table with a blank corner, units in heads or in a line, sub-rows -------------------------------

SECTORS = """\
    relation: observations
    carrier: csv
    subject: 玉环市
    subject_kind: division
    period: 2019
    layout: {head_rows: [2], indicator_column: ""}
    columns:
      - {head: 绝对数(亿元), measure: level}
      - {head: 比上年增长(%), measure: growth}
    rows:
      - {label: 地区生产总值, indicators: {level: gdp, growth: gdp_real_growth}}
      - {label: "其中:工业", of: 地区生产总值, indicators: {level: industrial_value_added, growth: ignored}}
"""
YUHUAN = "表1 2019年玉环市生产总值||\n|绝对数(亿元)|比上年增长(%)\n地区生产总值|619.76|4.9\n其中：工业|300.1|5.0\n"


def test_a_blank_corner_and_rows_of_indicators_read(small_library: SmallLibrary) -> None:
    rows = read(small_library, SECTORS, YUHUAN)
    assert values(rows) == {
        "玉环市 gdp": Decimal("619.76"),
        "玉环市 gdp_real_growth": Decimal("4.9"),
        "玉环市 industrial_value_added": Decimal("300.1"),
    }
    assert "of which: part of 地区生产总值" in str(rows[-1]["comment"])


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (("其中：工业", "其中：建筑业"), r"row 4 \(其中：建筑业\): the label .* is not declared in `rows`"),
        (("其中：工业|300.1|5.0\n", ""), r"the rows: lack declared ones .*\n- 其中:工业"),
        (("地区生产总值|619.76|4.9\n", ""), "is declared part of '地区生产总值', which no row above is"),
        (("比上年增长(%)", "比上年增长"), r"- 比上年增长\(%\)\n\+ 比上年增长"),
    ],
)
def test_rows_of_indicators_are_those_declared(
    small_library: SmallLibrary, change: tuple[str, str], expected: str
) -> None:
    broken = YUHUAN.replace(*change)
    assert broken != YUHUAN
    with pytest.raises(PublicationError, match=f"(?s){expected}"):
        read(small_library, SECTORS, broken)


UNIT_LINE = """\
    relation: observations
    carrier: csv
    subject: 云和县
    subject_kind: division
    period: 2022
    layout: {head_rows: [2], unit_line: 1, indicator_column: 指标}
    columns:
      - {head: 绝对数, measure: level}
      - {head: 增长, measure: growth}
    rows:
      - {label: 地区生产总值, indicators: {level: gdp, growth: gdp_real_growth}}
"""


def test_a_unit_line_gives_each_measure_its_unit(small_library: SmallLibrary) -> None:
    rows = read(small_library, UNIT_LINE, "单位：万元、%||\n指标|绝对数|增长\n地区生产总值|951435|-4.1\n")
    assert [(row["unit_printed"], row["obs_value"]) for row in rows] == [("万元", 951435), ("%", Decimal("-4.1"))]


def test_a_unit_line_that_lost_its_per_cent_is_refused(small_library: SmallLibrary) -> None:
    with pytest.raises(PublicationError, match=r"R3C3 .*unit '万元' is not a unit of PT \(gdp_real_growth\)"):
        read(small_library, UNIT_LINE, "单位:万元、||\n指标|绝对数|增长\n地区生产总值|951435|-4.1\n")


def test_a_unit_line_that_is_not_there_is_refused(small_library: SmallLibrary) -> None:
    with pytest.raises(PublicationError, match="the unit line: prints no 单位"):
        read(small_library, UNIT_LINE, "主要指标||\n指标|绝对数|增长\n地区生产总值|951435|-4.1\n")


# --- a label printed under several headings; headings that name the subject -------------------------------------------

UNDER = """\
    relation: observations
    carrier: csv
    subject: 云和县
    subject_kind: division
    period: 2022
    layout: {head_rows: [1], indicator_column: 指标}
    columns: [{head: 数值, measure: level}]
    rows:
      - {label: 户籍人口, indicators: {level: registered_population}, unit: 人}
      - {label: 男, under: 户籍人口, indicators: {level: male_registered_population}, unit: 人}
      - {label: 常住人口, indicators: {level: resident_population}, unit: 万人}
      - {label: 男, under: 常住人口, indicators: {level: male_resident_population}, unit: 万人}
"""
TWICE = "指标|数值\n户籍人口|112635\n男|57000\n常住人口|12.74\n男|6.5\n"


def test_a_label_printed_twice_is_what_its_heading_says(small_library: SmallLibrary) -> None:
    assert values(read(small_library, UNDER, TWICE)) == {
        "云和县 registered_population": 112635,
        "云和县 male_registered_population": 57000,
        "云和县 resident_population": Decimal("12.74"),
        "云和县 male_resident_population": Decimal("6.5"),
    }


def test_a_label_under_no_declared_heading_is_refused(small_library: SmallLibrary) -> None:
    with pytest.raises(PublicationError, match=r"row 2 \(男\): stands under None, and is not declared there"):
        read(small_library, UNDER, TWICE.replace("户籍人口|112635\n", ""))


COUNTIES = """\
    relation: observations
    carrier: csv
    period: 2022
    layout: {head_rows: [1], indicator_column: 指标, unit_column: 单位}
    columns: [{head: 数值, measure: level}]
    rows:
      - {label: "{subject}"}
      - {label: 生产总值, indicators: {level: gdp}}
"""


def test_a_heading_names_the_subject_of_the_rows_under_it(small_library: SmallLibrary) -> None:
    text = "指标|单位|数值\n云和县||\n生产总值|万元|951435\n常山县||\n生产总值|万元|2006008\n"
    rows = read(small_library, COUNTIES, text)
    assert [(row["division_code"], row["obs_value"]) for row in rows] == [("331125", 951435), ("330822", 2006008)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("指标|单位|数值\n云和县||1\n生产总值|万元|951435\n", "is declared a heading, and prints '1' at R2C3"),
        ("指标|单位|数值\n云和市||\n生产总值|万元|951435\n", "'云和市' names no division"),
        ("指标|单位|数值\n云和县||\n生产总值|万人|951435\n", "unit '万人' is not a unit of CNY"),
        ("指标|单位|数值\n生产总值|万元|951435\n", "says of nobody"),
    ],
)
def test_a_heading_that_names_nobody_is_refused(small_library: SmallLibrary, text: str, expected: str) -> None:
    with pytest.raises(PublicationError, match=expected):
        read(small_library, COUNTIES, text)


# --- 3: names before codes, levels by indent, line breaks in heads ----------------------------------------------------


def test_indented_names_before_codes_read(small_library: SmallLibrary) -> None:
    document = CITIES.replace("label_column: 地区", "label_column: 地区, code_column: 区划代码") + (
        "    columns: [{head: 性别比（女=100）, indicator: census_sex_ratio, period: 2010-11-01, accum: PIT}]\n"
    )
    text = "地区|区划代码|性别比（女=100）\n杭州市|330100|105.04\n  上城区|330102|103.5\n"
    rows = read(small_library, document, text)
    assert [row["division_code"] for row in rows] == ["330100", "330102"]
    # 330726 is 浦江县: a code and a name that do not belong together refuse the table.
    with pytest.raises(PublicationError, match=r"code 330726 is \['浦江县'\] on 2010-11-01, the label says '磐安县'"):
        read(small_library, document, text.replace("上城区|330102", "磐安县|330726"))
    with pytest.raises(PublicationError, match="'市辖区' names no division"):
        read(small_library, document, text.replace("上城区|330102", "市辖区|"))


def test_a_unit_broken_off_into_the_next_line_of_the_head_is_found(small_library: SmallLibrary) -> None:
    document = CITIES.replace("[1]", "[1, 2]") + "    columns: [{head: 地区生产总值>(万元), indicator: gdp}]\n"
    [row] = read(small_library, document, "地区|地区生产总值\n|(万元)\n云和县|869947\n")
    assert (row["unit_printed"], row["value"]) == ("万元", Decimal(8699470000))
    with pytest.raises(PublicationError, match=r"(?s)- 地区生产总值>\(万元\)\n\+ 地区生产总值>\(亿元\)"):
        read(small_library, document, "地区|地区生产总值\n|(亿元)\n云和县|869947\n")


def test_a_head_that_is_printed_again_is_no_row(small_library: SmallLibrary) -> None:
    column = "    columns: [{head: 人口(人), indicator: census_population, period: 2020-11-01}]\n"
    document = CITIES.replace("[1]", "[1], head_repeats: true") + column
    text = "地区|人口(人)\n杭州市|11936010\n地区|人口(人)\n丽水市|2507396\n"
    assert len(read(small_library, document, text)) == 2
    with pytest.raises(PublicationError, match=r"R3C2 .*'人口"):
        read(small_library, document.replace(", head_repeats: true", ""), text)


# --- headings that say what the columns hold, growth in multiples, blank heads ----------------------------------------

UNDER_HEADINGS = (
    CITIES
    + """\
    columns:
      - {head: "合计(%)", indicators: {结构: ignored, 增速: gdp_real_growth}}
      - {head: "第一产业(%)", indicators: {结构: primary_share_of_gdp, 增速: primary_value_added_real_growth}}
"""
)
STRUCTURE = "地区|合计(%)|第一产业(%)\n结构||\n云和县|100.0|4.2\n增 速||\n云和县|10.1|4.1\n"


def test_a_heading_says_what_the_columns_hold(small_library: SmallLibrary) -> None:
    assert values(read(small_library, UNDER_HEADINGS, STRUCTURE)) == {
        "云和县 primary_share_of_gdp": Decimal("4.2"),
        "云和县 gdp_real_growth": Decimal("10.1"),
        "云和县 primary_value_added_real_growth": Decimal("4.1"),
    }


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (("结构||\n", ""), "stands under none of the headings 结构, 增速"),
        (("增 速||\n云和县|10.1|4.1\n", ""), "lack declared ones .*\n- 增速"),
        (("增 速||", "增 速|9.9|"), "is declared a heading, and prints '9.9' at R4C2"),
        (("增 速||", "增 幅||"), "'增幅' names no division"),
    ],
)
def test_a_heading_that_is_not_as_declared_is_refused(
    small_library: SmallLibrary, change: tuple[str, str], expected: str
) -> None:
    with pytest.raises(PublicationError, match=expected):
        read(small_library, UNDER_HEADINGS, STRUCTURE.replace(*change))


def test_every_column_is_told_under_every_heading(small_library: SmallLibrary) -> None:
    with pytest.raises(DocumentError, match="under the same headings, each of them"):
        read(small_library, UNDER_HEADINGS.replace("结构: ignored, ", ""), STRUCTURE)


def test_growth_may_be_printed_as_a_multiple(small_library: SmallLibrary) -> None:
    document = CITIES + '    columns: [{head: "{period}比上年增长(%)", indicator: retail_sales_growth}]\n'
    text = "地区|2020年比上年增长(%)\n云和县|1.6倍\n常山县|-3.1\n"
    rows = read(small_library, document, text)
    assert [(row["printed"], row["obs_value"], row["unit_printed"]) for row in rows] == [
        ("1.6倍", 160, "%"), ("-3.1", Decimal("-3.1"), "%")
    ]  # fmt: skip
    assert "by a multiple" in str(rows[0]["comment"])
    for printed, expected in (("-1.6倍", "negative multiple"), ("1.6 0倍", "not a number")):
        with pytest.raises(PublicationError, match=expected):
            read(small_library, document, text.replace("1.6倍", printed))


def test_a_multiple_under_a_head_that_says_no_growth_is_refused(small_library: SmallLibrary) -> None:
    document = CITIES + '    columns: [{head: "比重(%)", indicator: urbanisation_rate}]\n'
    with pytest.raises(PublicationError, match="does not say whether grown by or to it"):
        read(small_library, document, "地区|比重(%)\n云和县|1.6倍\n")


def test_a_blank_head_is_named_by_its_place(small_library: SmallLibrary) -> None:
    document = """\
    relation: observations
    carrier: csv
    period: 2020
    layout: {head_rows: [1], indicator_column: "", unit_column: column 2}
    columns: [{head: "{subject}", measure: level}]
    rows: [{label: 生产总值, indicator: gdp}]
"""
    text = "||云和县\n生产总值|亿元|95.14\n"
    assert values(read(small_library, document, text)) == {"云和县 gdp": Decimal("95.14")}
    with pytest.raises(PublicationError, match=r"- column2"):
        read(small_library, document, text.replace("||云和县", "|单位|云和县"))


# --- documents that contradict themselves -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (("    rows:\n", "    rowz:\n"), "rowz: Extra inputs"),
        (('indicator_column: ""', 'label_column: ""'), "`rows` and `layout.indicator_column` go together"),
        (("measure: growth", "indicator: gdp_real_growth"), "names 'gdp_real_growth', and so do the `rows`"),
        (("growth: ignored", "rank: ignored"), "no column has the measure rank"),
        (("head_rows: [2]", "head_rows: [2], within: [浙江省]"), "only where `province_column` tells"),
        (("head_rows: [2]", "head_rows: [2], fill_down: [x]"), "`fill_down` is for the columns that say something"),
        (("head_rows: [2]", "head_rows: [2], continued: [{head_rows: [9], last_row: 3}]"), "last_row 3 is above"),
        (("head_rows: [2]", "head_rows: [2], continued: [{columns: [x]}]"), r"prints \['x'\], which neither"),
        (
            ("head_rows: [2]", "head_rows: [2], columns: [绝对数(亿元)]"),
            r"no stretch of the table prints \['比上年增长",
        ),
    ],
)
def test_a_document_that_contradicts_itself_is_refused(
    small_library: SmallLibrary, change: tuple[str, str], expected: str
) -> None:
    broken = SECTORS.replace(*change)
    assert broken != SECTORS
    with pytest.raises(DocumentError, match=expected):
        read(small_library, broken, YUHUAN)
