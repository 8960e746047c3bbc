"""Published tables whose layouts nobody had described: shape and figures as printed, the document, what it reads.

Each is a short excerpt with its origin; figures are facts, none is made up. `needed` is what had to change in the code
before the document could be written; the second half needed nothing. `lines` counts the lines of the document without
title, licence, symbols and editions.
"""

import csv
import io
from dataclasses import dataclass

from tests.carriers.test_document import cell as word_cell
from tests.carriers.test_document import row as word_row
from tests.carriers.test_document import word
from tests.carriers.test_portable import drawn, pdf


@dataclass(frozen=True)
class Unseen:
    """One layout; `reads` holds subject, indicator, period, accumulation and canonical value of some figures."""

    name: str
    origin: str
    file: str
    content: bytes
    document: str
    lines: int
    figures: int
    reads: list[tuple[str, str, str, str, str]]
    needed: str = ""


def sheet(text: str) -> bytes:
    """Rows of cells parted by bars, as a csv."""
    saved = io.StringIO()
    csv.writer(saved).writerows([[c.strip() for c in line.split("|")] for line in text.strip().splitlines()])
    return saved.getvalue().encode()


# Head over two levels: money and growth, each for the quarter and for the year; rows are industries, # is of which.
QUARTER_AND_YEAR = """<table><tr><td colspan="5">表1 2020年4季度和全年GDP初步核算数据</td></tr>
<tr><td rowspan="2"></td><td colspan="2">绝对额（亿元）</td><td colspan="2">比上年同期增长（%）</td></tr>
<tr><td>4季度</td><td>全年</td><td>4季度</td><td>全年</td></tr>
<tr><td>GDP</td><td>296298</td><td>1015986</td><td>6.5</td><td>2.3</td></tr>
<tr><td>　第一产业</td><td>29630</td><td>77754</td><td>4.1</td><td>3.0</td></tr>
<tr><td>　第二产业</td><td>113940</td><td>384255</td><td>6.8</td><td>2.6</td></tr>
<tr><td>　第三产业</td><td>152728</td><td>553977</td><td>6.7</td><td>2.1</td></tr>
<tr><td></td><td></td><td></td><td></td><td></td></tr>
<tr><td>农林牧渔业</td><td>30824</td><td>81104</td><td>4.2</td><td>3.1</td></tr>
<tr><td>工业</td><td>89843</td><td>313071</td><td>6.9</td><td>2.4</td></tr>
<tr><td>　#制造业</td><td>76899</td><td>265944</td><td>7.3</td><td>2.3</td></tr>
<tr><td colspan="5">注：1.绝对额按现价计算，增长速度按不变价计算；</td></tr></table>"""

# The year stands beside the row, the quarter over the column; what is not yet is blank.
YEAR_BY_QUARTER = """
表2 GDP同比增长速度||||
单位:%||||
年份|1季度|2季度|3季度|4季度
2018|6.9|6.9|6.7|6.5
2019|6.4|6.2|6.0|6.0
2020|-6.8|||
注:同比增长速度为与上年同期对比的增长速度。||||
"""

# Bilingual heads and labels; the unit of the whole table in one line; years under groups of people.
ITEMS_BY_YEAR = """<table><tr><td colspan="7">13-01 居民家庭人均收入支出(2016-2017年)</td></tr>
<tr><td colspan="7">单位:元 (yuan)</td></tr>
<tr><td rowspan="2">项 目<br>Item</td><td colspan="2">全体居民<br>Urban and Rural Residents</td>
<td colspan="2">城镇常住居民<br>Permanent Urban Residents</td>
<td colspan="2">农村常住居民<br>Permanent Rural Residents</td></tr>
<tr><td>2016</td><td>2017</td><td>2016</td><td>2017</td><td>2016</td><td>2017</td></tr>
<tr><td>一、可支配收入 Disposable Income</td><td>46116</td><td>49832</td><td>52185</td><td>56276</td>
<td>27908</td><td>30397</td></tr>
<tr><td>工资性收入 Income from Wages</td><td>26829</td><td>28680</td><td>30687</td><td>32144</td>
<td>17059</td><td>18232</td></tr></table>"""

# A year once, then quarters without one; figures are seasonally adjusted and against the quarter before.
YEAR_PRINTED_ONCE = """
|GDP环比增长速度(%)|GDP同比增长速度(%)
2013年1季度|1.7|7.8
2季度|1.8|7.5
3季度|2.3|7.9
4季度|1.8|7.6
2014年1季度|1.6|7.4
2季度|1.9|7.5
"""

# One month beside the months to date, headings between the rows, 其中, and a dash where a month has no figure.
MONTH_AND_TO_DATE = """
指标|10月||1—10月|
|绝对量(亿元)|同比增长(%)|绝对量(亿元)|同比增长(%)
社会消费品零售总额|45396|4.8|398960|3.5
其中：除汽车以外的消费品零售额|40944|4.9|359039|3.9
其中：实物商品网上零售额|-|-|103330|8.3
按经营地分||||
城镇|39255|4.7|345124|3.4
乡村|6141|4.9|53836|4.4
"""

FIRST = [
    Unseen(
        "quarter and year side by side, industries down",
        "houseweb.org: National Bureau of Statistics, GDP of the fourth quarter and the year 2020",
        "gdp.html",
        QUARTER_AND_YEAR.encode(),
        """\
    relation: observations
    carrier: html
    subject: 全国
    subject_kind: country
    estimate_round: PRELIM
    layout: {head_rows: [2, 3], indicator_column: ""}
    columns:
      - {head: 绝对额（亿元）>4季度, measure: level, period: 2020-Q4, accum: DISC}
      - {head: 绝对额（亿元）>全年, measure: level, period: "2020"}
      - {head: 比上年同期增长（%）>4季度, measure: growth, period: 2020-Q4, accum: DISC}
      - {head: 比上年同期增长（%）>全年, measure: growth, period: "2020"}
    rows:
      - {label: GDP, indicators: {level: gdp, growth: gdp_real_growth}}
      - {label: 第一产业, indicators: {level: primary_value_added, growth: primary_value_added_real_growth}}
      - {label: 第二产业, indicators: {level: secondary_value_added, growth: secondary_value_added_real_growth}}
      - {label: 第三产业, indicators: {level: tertiary_value_added, growth: tertiary_value_added_real_growth}}
      - {label: 工业, indicators: {level: industrial_value_added, growth: industrial_value_added_real_growth}}
    ignored_rows: [农林牧渔业, "#制造业"]
""",
        18,
        20,
        [
            ("全国", "gdp", "2020-Q4", "DISC", "29629800000000"),
            ("全国", "gdp", "2020", "YTD", "101598600000000"),
            ("全国", "industrial_value_added_real_growth", "2020-Q4", "DISC", "6.9"),
            ("全国", "tertiary_value_added_real_growth", "2020", "YTD", "2.1"),
        ],
        "rows that name indicators (`indicator_column`, `rows`, `measure`); a first column without a head",
    ),
    Unseen(
        "years down, quarters across",
        "114edy.com: National Bureau of Statistics, GDP of the first quarter of 2020, table 2",
        "quarters.csv",
        sheet(YEAR_BY_QUARTER),
        """\
    relation: observations
    carrier: csv
    subject: 全国
    subject_kind: country
    accum: DISC
    layout: {head_rows: [3], unit_line: 2, period_column: 年份}
    columns:
      - {head: "{period}", indicator: gdp_real_growth}
""",
        8,
        12,
        [
            ("全国", "gdp_real_growth", "2018-Q3", "DISC", "6.7"),
            ("全国", "gdp_real_growth", "2020-Q1", "DISC", "-6.8"),
        ],
        "periods out of labels and heads (`period_column`, `{period}`), the unit over the table (`unit_line`)",
    ),
    Unseen(
        "bilingual items down, years under groups of people",
        "download.cucdc.com: Hangzhou Statistical Yearbook 2018, table 13-01",
        "income.html",
        ITEMS_BY_YEAR.encode(),
        """\
    relation: observations
    carrier: html
    subject: 杭州市
    subject_kind: division
    layout: {head_rows: [3, 4], unit_line: 2, indicator_column: 项目Item}
    columns:
      - {head: "全体居民 Urban and Rural Residents>{period}", measure: all}
      - {head: "城镇常住居民 Permanent Urban Residents>{period}", measure: urban}
      - {head: "农村常住居民 Permanent Rural Residents>{period}", measure: rural}
    rows:
      - label: 一、可支配收入 Disposable Income
        indicators: {all: disposable_income, urban: urban_disposable_income, rural: rural_disposable_income}
    ignored_rows: [工资性收入 Income from Wages]
""",
        13,
        6,
        [
            ("杭州市", "disposable_income", "2017", "YTD", "49832"),
            ("杭州市", "urban_disposable_income", "2016", "YTD", "52185"),
            ("杭州市", "rural_disposable_income", "2017", "YTD", "30397"),
        ],
        "heads that hold the period beside fixed words",
    ),
    Unseen(
        "a year printed once for its quarters",
        "dscloth.com: National Bureau of Statistics, GDP of the year 2014, table 2",
        "growth.csv",
        sheet(YEAR_PRINTED_ONCE),
        """\
    relation: observations
    carrier: csv
    subject: 全国
    subject_kind: country
    accum: DISC
    layout: {head_rows: [1], period_column: "", fill_down: [""]}
    ignored: [GDP环比增长速度(%)]
    columns:
      - {head: GDP同比增长速度(%), indicator: gdp_real_growth}
""",
        9,
        6,
        [
            ("全国", "gdp_real_growth", "2013-Q4", "DISC", "7.6"),
            ("全国", "gdp_real_growth", "2014-Q2", "DISC", "7.5"),
        ],
        "what is printed once and holds for the rows under it (`fill_down`)",
    ),
    Unseen(
        "one month beside the months to date, of-which rows",
        "vagaawaga.net.cn: National Bureau of Statistics, retail sales of October 2024",
        "retail.csv",
        sheet(
            MONTH_AND_TO_DATE.replace("10月||1—10月|", "10月|10月|1—10月|1—10月").replace("\n|绝对量", "\n指标|绝对量")
        ),
        """\
    relation: observations
    carrier: csv
    subject: 全国
    subject_kind: country
    layout: {head_rows: [1, 2], indicator_column: 指标}
    columns:
      - {head: 10月>绝对量(亿元), measure: level, period: 2024-10, accum: DISC}
      - {head: 10月>同比增长(%), measure: growth, period: 2024-10, accum: DISC}
      - {head: 1—10月>绝对量(亿元), measure: level, period: 2024-10, accum: YTD}
      - {head: 1—10月>同比增长(%), measure: growth, period: 2024-10, accum: YTD}
    rows:
      - {label: 社会消费品零售总额, indicators: {level: retail_sales, growth: retail_sales_growth}}
    ignored_rows: [其中：除汽车以外的消费品零售额, 其中：实物商品网上零售额, 按经营地分, 城镇, 乡村]
""",
        13,
        4,
        [
            ("全国", "retail_sales", "2024-10", "DISC", "4539600000000"),
            ("全国", "retail_sales", "2024-10", "YTD", "39896000000000"),
            ("全国", "retail_sales_growth", "2024-10", "YTD", "3.5"),
        ],
        "labels of rows that are printed and not read (`ignored_rows`)",
    ),
]

# Units of two kinds in one line, names spread by spaces and with marks of notes, a row that is no area.
CENSUS_BULLETIN = """
表3-1 各地区人口|||
单位：人、%|||
地区|人口数|比重[6]|比重[6]
地区|人口数|2020年|2010年
全 国[5]|1411778724|100.00|100.00
浙 江|64567588|4.57|4.06
四 川|83674866|5.93|6.00
现役军人|2000000||
"""

# Years down; the same measure before and after a reform of the survey; years in which a survey did not yet exist.
BEFORE_AND_AFTER = """
11-1 金华市城乡居民家庭收入情况||||||
年份|全体居民家庭|全体居民家庭|城镇(常住)居民家庭|城镇(常住)居民家庭|农村(常住)居民家庭|农村(常住)居民家庭
年份|人均可支配收入(元)|人均可支配收入增幅(上年=100)|(一体化改革前口径)人均可支配收入(元)|(一体化改革后口径)人均可支配收入(元)|(一体化改革前口径)人均纯收入(元)|(一体化改革后口径)人均可支配收入(元)
2012|25916|12.1|33164||13286|14969
2013|28673|10.6|36423|36386|14788|16661
2014|31599|10.2||39807|16459|18544
2015|34378|8.8||43193|18023|20297
注: 1、从2013年起,国家统计局开展了城乡一体化住户收支与生活状况调查||||||
"""

# The head is printed again under a title of its own, and the table goes on with further columns.
CONTINUED = """
17-2 县市主要指标|||
地区|地区生产总值(万元)|户籍人口(人)|
淳安县|2406200|456160|
云和县|869947|113777|
17-2 续表|||
地区|第一产业增加值(万元)|第二产业增加值(万元)|第三产业增加值(万元)
淳安县|384200|624300|1397700
云和县|49084|439949|380914
"""

# Two halves of one table stand side by side.
SIDE_BY_SIDE = """
市|人口(人)|市|人口(人)
杭州市|11936010|宁波市|9404283
温州市|9572903|丽水市|2507396
"""

# Machine-made heads: what and when in one word, two kinds of population of which one begins like the other.
WORDS_WITH_YEARS = """
city|city_code|popu_2020|popu_urban_2020|popu_2010|popu_urban_2010
杭州市|330100|11936010|9942081|8700373|6372650
宁波市|330200|9404283|7335604|7605689|5195162
"""

# A bulletin in Word: item, unit, figure and growth in one row.
WORD_TABLE = word(
    "<w:tbl>"
    + "".join(
        word_row(*(word_cell(text) for text in line.split("|")))
        for line in (
            "指 标|单位|绝对数|比上年增长(%)",
            "地区生产总值|亿元|711.81|7.9",
            "　第一产业增加值|亿元|23.84|5.6",
            "　第二产业增加值|亿元|335.74|7.1",
            "　第三产业增加值|亿元|352.24|8.9",
            "年末常住人口|万人|87.10|",
        )
    )
    + "</w:tbl>"
)


def ruled(lines: list[str]) -> str:
    """One page of a ruled PDF table, its rows from the top."""
    cells = []
    for number, line in enumerate(lines):
        for column, text in enumerate(line.split("|")):
            cells.append((50 + 150 * column, 700 - 20 * number, 150, 20, text))
    return drawn(cells)


SECOND = [
    Unseen(
        "two units in one line, spaced names, marks of notes",
        "zczxwang.com: population census 2020, bulletin 3, table 3-1",
        "census.csv",
        sheet(CENSUS_BULLETIN),
        """\
    relation: observations
    carrier: csv
    period: 2020-11-01
    layout:
      head_rows: [3, 4]
      unit_line: 2
      label_column: 地区
      labels:
        全国: {kind: country}
        浙江: {kind: division, name: 浙江省}
        四川: {kind: division, name: 四川省}
        现役军人: {kind: note}
    ignored: ["比重>2020年", "比重>2010年"]
    columns:
      - {head: 人口数, indicator: census_population}
""",
        15,
        3,
        [
            ("全国", "census_population", "2020-11-01", "PIT", "1411778724"),
            ("浙江省", "census_population", "2020-11-01", "PIT", "64567588"),
        ],
    ),
    Unseen(
        "years down, one measure before and after a reform",
        "tjj.jinhua.gov.cn: Jinhua Statistical Yearbook 2016, table 11-1",
        "jinhua.csv",
        sheet(BEFORE_AND_AFTER),
        """\
    relation: observations
    carrier: csv
    subject: 金华市
    subject_kind: division
    layout: {head_rows: [2, 3], period_column: 年份}
    columns:
      - {head: 全体居民家庭>人均可支配收入(元), indicator: disposable_income}
      - {head: 城镇(常住)居民家庭>(一体化改革后口径)人均可支配收入(元), indicator: urban_disposable_income}
      - {head: 农村(常住)居民家庭>(一体化改革后口径)人均可支配收入(元), indicator: rural_disposable_income}
    ignored:
      - 全体居民家庭>人均可支配收入增幅(上年=100)
      - 城镇(常住)居民家庭>(一体化改革前口径)人均可支配收入(元)
      - 农村(常住)居民家庭>(一体化改革前口径)人均纯收入(元)
""",
        13,
        12,
        [
            ("金华市", "disposable_income", "2012", "YTD", "25916"),
            ("金华市", "urban_disposable_income", "2015", "YTD", "43193"),
            ("金华市", "rural_disposable_income", "2014", "YTD", "18544"),
        ],
    ),
    Unseen(
        "item, unit, figure and growth in a row of a Word table",
        "communiqué of Pingyang 2023, its figures in the table of indicators that bulletins append",
        "bulletin.docx",
        WORD_TABLE,
        """\
    relation: observations
    carrier: docx
    subject: 平阳县
    subject_kind: division
    period: 2023
    estimate_round: PRELIM
    layout: {head_rows: [1], indicator_column: 指标, unit_column: 单位}
    columns:
      - {head: 绝对数, measure: level}
      - {head: 比上年增长(%), measure: growth}
    rows:
      - {label: 地区生产总值, indicators: {level: gdp, growth: gdp_real_growth}}
      - {label: 第一产业增加值, indicators: {level: primary_value_added, growth: primary_value_added_real_growth}}
      - {label: 第二产业增加值, indicators: {level: secondary_value_added, growth: secondary_value_added_real_growth}}
      - {label: 第三产业增加值, indicators: {level: tertiary_value_added, growth: tertiary_value_added_real_growth}}
      - {label: 年末常住人口, indicators: {level: resident_population}}
""",
        16,
        9,
        [
            ("平阳县", "gdp", "2023", "YTD", "71181000000"),
            ("平阳县", "primary_value_added_real_growth", "2023", "YTD", "5.6"),
            ("平阳县", "resident_population", "2023", "PIT", "871000"),
        ],
    ),
    Unseen(
        "two halves of one table side by side",
        "population census 2020 by county; the two halves as ctoth.com prints a table of 1949 to 1990",
        "halves.csv",
        sheet(SIDE_BY_SIDE),
        """\
    relation: observations
    carrier: csv
    period: 2020-11-01
    layout:
      head_rows: [1]
      label_column: 市
      last_column: 2
      continued: [{first_column: 3, last_column: 4}]
    columns:
      - {head: 人口(人), indicator: census_population}
""",
        10,
        4,
        [
            ("温州市", "census_population", "2020-11-01", "PIT", "9572903"),
            ("丽水市", "census_population", "2020-11-01", "PIT", "2507396"),
        ],
    ),
    Unseen(
        "a PDF table that goes on over the page under its head",
        "population census 2020 by county, Zhejiang; heads repeated on each page as printed yearbooks do",
        "pages.pdf",
        pdf(
            ruled(["地区|人口(人)|其中:男(人)", "杭州市|11936010|6215953", "上城区|357657|179195"]),
            ruled(["地区|人口(人)|其中:男(人)", "丽水市|2507396|1293190"]),
        ),
        """\
    relation: observations
    carrier: pdf
    period: 2020-11-01
    layout:
      head_rows: [1]
      label_column: 地区
      continued: [{page: 2}]
    columns:
      - {head: 人口(人), indicator: census_population}
      - {head: 其中:男(人), indicator: census_male_population}
""",
        10,
        6,
        [
            ("上城区", "census_population", "2020-11-01", "PIT", "357657"),
            ("丽水市", "census_population", "2020-11-01", "PIT", "2507396"),
            ("杭州市", "census_male_population", "2020-11-01", "PIT", "6215953"),
        ],
    ),
    Unseen(
        "a table that goes on under itself with further columns",
        "China County Statistical Yearbook, Zhejiang 2020; 续表 as in table 12-11 on tjj.shandong.gov.cn (2003)",
        "continued.csv",
        sheet(CONTINUED),
        """\
    relation: observations
    carrier: csv
    period: 2020
    layout:
      head_rows: [2]
      last_row: 4
      label_column: 地区
      within: 浙江省
      columns: [地区生产总值(万元), 户籍人口(人)]
      continued:
        - {head_rows: [6], columns: [第一产业增加值(万元), 第二产业增加值(万元), 第三产业增加值(万元)]}
    columns:
      - {head: 地区生产总值(万元), indicator: gdp}
      - {head: 户籍人口(人), indicator: registered_population}
      - {head: 第一产业增加值(万元), indicator: primary_value_added}
      - {head: 第二产业增加值(万元), indicator: secondary_value_added}
      - {head: 第三产业增加值(万元), indicator: tertiary_value_added}
""",
        17,
        10,
        [
            ("云和县", "gdp", "2020", "YTD", "8699470000"),
            ("淳安县", "tertiary_value_added", "2020", "YTD", "13977000000"),
        ],
    ),
    Unseen(
        "heads of one word with the year at its end",
        "github.com/leiii/census: census_city_2010-2020_v1.csv",
        "census_city.csv",
        sheet(WORDS_WITH_YEARS),
        """\
    relation: observations
    carrier: csv
    layout: {head_rows: [1], label_column: city, code_column: city_code}
    columns:
      - {head: "popu_{period}", indicator: census_population, unit: 人}
      - {head: "popu_urban_{period}", indicator: census_urban_population, unit: 人}
""",
        6,
        8,
        [
            ("杭州市", "census_population", "2010", "PIT", "8700373"),
            ("宁波市", "census_urban_population", "2020", "PIT", "7335604"),
        ],
    ),
]
