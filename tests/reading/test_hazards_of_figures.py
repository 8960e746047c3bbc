"""What figures, marks, periods and places of published tables do to a reader: each hazard reads right or is refused.

The figures are synthetic: they show a form, and are of no publication, whatever county stands beside them.
"""

from decimal import Decimal

import pytest
from tests.reading.synthetic_tables import CITIES, read, values
from tests.reading.unseen_layouts import sheet
from tests.small_library import SmallLibrary

from shanhai.errors import DocumentError, PublicationError

# --- 6: comparison lists: rank column, a total without a rank, units by column, / for missing -------------------------

COMPARISON = (
    CITIES.replace("{head_rows: [1]", "{labels: {全市: {kind: division, name: 衢州市}}, head_rows: [1]")
    + """\
    ignored: [人口排行]
    columns:
      - {head: 2021年户籍人口(万人), indicator: registered_population, period: 2021}
      - {head: 第七次人口普查常住人口(人), indicator: census_population, period: 2020-11-01}
"""
)


def test_a_comparison_list_reads_with_a_unit_for_each_column(small_library: SmallLibrary) -> None:
    head = "人口排行|地区|2021年户籍人口(万人)|第七次人口普查常住人口(人)\n"
    rows = read(small_library, COMPARISON, head + "|全市|255.8|2276184\n1|江山市|/|494552\n", "{/: not_available}")
    assert [(row["division_code"], row["unit_printed"], row["obs_status"]) for row in rows] == [
        ("330800", "万人", "A"), ("330800", "人", "A"), ("330881", "万人", "O"), ("330881", "人", "A")
    ]  # fmt: skip
    with pytest.raises(PublicationError, match=r"R3C3 .*'/' is not a number and not a declared mark"):
        read(small_library, COMPARISON, head + "|全市|255.8|2276184\n1|江山市|/|494552\n", "{}")


# --- magnitudes: glued numbers that are short, units off by powers of ten ---------------------------------------------

MONEY = CITIES + "    columns: [{head: 地区生产总值(亿元), indicator: gdp}]\n"


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("23323395346268", "several numbers printed without a separator"),
        ("2332339", "several numbers printed without a separator"),
        ("951435", "outside 10000000 to 1000000000000 for county"),
        ("0.0001", "outside 10000000 to"),
        ("一", "numeral one"),
    ],
)
def test_a_figure_that_cannot_be_is_refused(small_library: SmallLibrary, printed: str, expected: str) -> None:
    text = "地区|地区生产总值(亿元)\n云和县|{}\n"
    assert values(read(small_library, MONEY, text.format("95.14"))) == {"云和县 gdp": Decimal("95.14")}
    with pytest.raises(PublicationError, match=f"R2C2 .*{expected}"):
        read(small_library, MONEY, text.format(printed))


def test_glued_numbers_of_a_sentence_are_refused(small_library: SmallLibrary) -> None:
    document = """\
    relation: observations
    carrier: text
    subject: 浙江省
    period: 2023
    statements: [{says: "第一、二产业增加值分别为{primary_value_added}"}]
"""
    good = small_library.add("bureau/text", "t.txt", "第一、二产业增加值分别为2332亿元".encode(), document)
    assert len(list(small_library.reader(good).rows())) == 1
    glued = small_library.add("bureau/text", "t.txt", "第一、二产业增加值分别为233233953亿元".encode(), document)
    with pytest.raises(PublicationError, match="several numbers printed without a separator"):
        list(small_library.reader(glued).rows())
    short = small_library.add("bureau/text", "t.txt", "第一、二产业增加值分别为23323395亿元".encode(), document)
    with pytest.raises(PublicationError, match="outside 10000000 to 1000000000000 for province"):
        list(small_library.reader(short).rows())


# --- marks: one mark, two meanings; no change -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("meaning", "value", "status"), [("below_unit", 0, "N"), ("not_available", None, "O"), ("cannot_exist", None, "M")]
)
def test_a_mark_means_what_its_own_publication_says(
    small_library: SmallLibrary, meaning: str, value: object, status: str
) -> None:
    [row] = read(small_library, MONEY, "地区|地区生产总值(亿元)\n云和县|-\n", f"{{'-': {meaning}}}")
    assert (row["obs_value"], row["obs_status"]) == (value, status)


def test_a_publication_without_a_dictionary_is_no_document(small_library: SmallLibrary) -> None:
    key = small_library.add("bureau/hazard", "t.csv", sheet("地区|地区生产总值(亿元)\n云和县|-\n"), MONEY)
    path = small_library.library.catalogue.sources / "bureau" / "hazard.yml"
    path.write_text(path.read_text("utf-8").replace("symbols: {'': ambiguous}\n", ""), "utf-8")
    with pytest.raises(DocumentError, match="symbols: Field required"):
        small_library.reader(key)


def test_no_change_is_a_growth_of_zero_and_no_level(small_library: SmallLibrary) -> None:
    both = MONEY.replace("}]", "}, {head: 增长(%), indicator: gdp_real_growth}]")
    rows = read(small_library, both, "地区|地区生产总值(亿元)|增长(%)\n云和县|95.14|持平\n", "{持平: no_change}")
    assert (rows[1]["obs_value"], rows[1]["obs_status"], rows[1]["printed"]) == (0, "A", "持平")
    with pytest.raises(PublicationError, match="'持平' says no change, and gdp is no growth"):
        read(small_library, both, "地区|地区生产总值(亿元)|增长(%)\n云和县|持平|2\n", "{持平: no_change}")
    with pytest.raises(PublicationError, match="'持平' is not a number"):
        read(small_library, both, "地区|地区生产总值(亿元)|增长(%)\n云和县|95.14|持平\n", "{}")


# --- periods, subjects and counterparts in heads ----------------------------------------------------------------------


def test_subjects_across_and_years_down_read(small_library: SmallLibrary) -> None:
    document = """\
    relation: observations
    carrier: csv
    layout: {head_rows: [1], period_column: 年份, within: 浙江省, labels: {全市: {kind: division, name: 金华市}}}
    ignored: [市区]
    columns: [{head: "{subject}", indicator: gdp_real_growth, unit: "%"}]
"""
    rows = read(small_library, document, "年份|全市|市区|武义县|磐安县\n2020年|2.8|3|4.0|1.9\n2021|9.8|9|9.5|8.6\n")
    assert [(row["subject_name"], row["division_code"], row["time_period"]) for row in rows[:3]] == [
        ("金华市", "330700", "2020"), ("武义县", "330723", "2020"), ("磐安县", "330727", "2020")
    ]  # fmt: skip
    with pytest.raises(PublicationError, match="'甲县' names no division"):
        read(small_library, document, "年份|全市|市区|甲县\n2020年|2.8|3|4.0\n")


def test_a_matrix_of_pairs_has_its_counterpart_in_the_head(small_library: SmallLibrary) -> None:
    document = CITIES + '    columns: [{head: "{counterpart}(万元)", indicator: paid_in_investment, accum: DISC}]\n'
    rows = read(small_library, document, "地区|南湖区(万元)|桐乡市(万元)\n遂昌县|10|\n天台县||20\n")
    pairs = {(row["subject_name"], row["counterpart_name"]): row["obs_value"] for row in rows}
    assert pairs == {
        ("遂昌县", "南湖区"): 10,
        ("遂昌县", "桐乡市"): None,
        ("天台县", "南湖区"): None,
        ("天台县", "桐乡市"): 20,
    }
    with pytest.raises(PublicationError, match=r"\+ 合计"):
        read(small_library, document, "地区|南湖区(万元)|合计\n遂昌县|10|10\n")


@pytest.mark.parametrize("head", ["20203", "2020年第三", "13月", "2020年5季度"])
def test_a_head_that_is_no_period_is_refused(small_library: SmallLibrary, head: str) -> None:
    document = CITIES + '    columns: [{head: "{period}", indicator: gdp, unit: 亿元}]\n'
    assert read(small_library, document, "地区|前三季度\n云和县|60.1\n")[0]["time_period"] == "2020-Q3"
    with pytest.raises(PublicationError, match=r"lost its characters|not a printed period|differs from|no month"):
        read(small_library, document, f"地区|{head}\n云和县|60.1\n")


# --- a row that slipped, a column without a head ----------------------------------------------------------------------


def test_a_shifted_row_is_refused(small_library: SmallLibrary) -> None:
    text = "地区|地区生产总值(亿元)\n云和县|95.14\n"
    assert len(read(small_library, MONEY, text)) == 1
    with pytest.raises(PublicationError, match=r"row 3 \(常山县\): prints '200.6' at R3C3, where no head stands"):
        read(small_library, MONEY, text + "常山县||200.6\n")
