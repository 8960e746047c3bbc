"""Tables in several stretches: beside, under and on further pages. The figures are synthetic: they show a form."""

import pytest
from tests.carriers.test_portable import pdf, ruled
from tests.reading.unseen_layouts import sheet
from tests.small_library import SmallLibrary

from shanhai.errors import PublicationError
from shanhai.reading.publication import Row


def values(library: SmallLibrary, file: str, content: bytes, document: str) -> dict[tuple[object, object], object]:
    """Printed values by subject and indicator."""
    rows: list[Row] = list(library.reader(library.add("bureau/stretches", file, content, document)).rows())
    return {(row["subject_name"], row["indicator_code"]): row["obs_value"] for row in rows}


BESIDE = """\
    relation: observations
    carrier: csv
    period: 2020-11-01
    layout: {head_rows: [1], label_column: 市, last_column: 2, continued: [{first_column: 3, last_column: 4}]}
    columns: [{head: 人口(人), indicator: census_population}]
"""


def test_two_halves_side_by_side_are_one_table(small_library: SmallLibrary) -> None:
    text = "市|人口(人)|市|人口(人)\n杭州市|9000000|宁波市|8000000\n温州市|7000000|丽水市|2000000\n"
    found = values(small_library, "halves.csv", sheet(text), BESIDE)
    assert {subject: value for (subject, _), value in found.items()} == {
        "杭州市": 9000000, "温州市": 7000000, "宁波市": 8000000, "丽水市": 2000000
    }  # fmt: skip
    with pytest.raises(PublicationError, match="differs from the approved one"):
        values(small_library, "halves.csv", sheet(text.replace("市|人口(人)\n", "县|人口(人)\n")), BESIDE)


PAGES = """\
    relation: observations
    carrier: pdf
    period: 2020-11-01
    layout: {head_rows: [1], label_column: 地区, continued: [{page: 2}]}
    columns:
      - {head: 人口(人), indicator: census_population}
      - {head: 其中:男(人), indicator: census_male_population}
"""


def test_a_pdf_table_goes_on_over_the_page_under_its_head(small_library: SmallLibrary) -> None:
    head = "地区|人口(人)|其中:男(人)"
    pages = ruled([head, "杭州市|9000000|4500000", "上城区|300000|150000"]), ruled([head, "丽水市|2000000|1000000"])
    found = values(small_library, "pages.pdf", pdf(*pages), PAGES)
    assert len(found) == 6
    assert found["丽水市", "census_male_population"] == 1000000
    with pytest.raises(PublicationError, match="no page 2"):
        values(small_library, "pages.pdf", pdf(pages[0]), PAGES)


FURTHER = """\
    relation: observations
    carrier: csv
    period: 2020
    layout:
      head_rows: [1]
      last_row: 3
      label_column: 地区
      columns: [地区生产总值(万元)]
      continued: [{head_rows: [5], columns: [户籍人口(人)]}]
    columns: [{head: 地区生产总值(万元), indicator: gdp}, {head: 户籍人口(人), indicator: registered_population}]
"""


def test_a_table_goes_on_under_itself_with_further_columns(small_library: SmallLibrary) -> None:
    text = "地区|地区生产总值(万元)\n淳安县|2000000\n云和县|900000\n续表|\n"
    text += "地区|户籍人口(人)\n淳安县|450000\n云和县|110000\n"
    assert values(small_library, "further.csv", sheet(text), FURTHER) == {
        ("淳安县", "gdp"): 2000000,
        ("云和县", "gdp"): 900000,
        ("淳安县", "registered_population"): 450000,
        ("云和县", "registered_population"): 110000,
    }
    with pytest.raises(PublicationError, match="differs from the approved one"):
        values(small_library, "further.csv", sheet(text.replace("户籍人口", "常住人口")), FURTHER)
