"""The digests of secondary pages: whole, with qualifiers, windows and statuses."""

from decimal import Decimal

import pytest

from shanhai.library import Library
from shanhai.reading.publication import Row

LIBRARY = Library.open()
# subject, indicator, period, canonical value, qualifier, accumulation
FIGURES = """
山海协作工程 aid_funds 2023-09 100000000000 LT CUM
山海协作工程 workers_trained 2023-09 1500000 LT CUM
云和县 cooperation_projects 2024-07 170 GE CUM
鄞衢产业飞地 output_value 2022-12 500000000 GT PIT
绍兴滨海新区—开化产业飞地 planned_land_area 2021-04 1500 GT PIT
文成—瑞安山海协作生态旅游产业园 government_projects 2021-11 28 EXACT CUM
文成—瑞安山海协作生态旅游产业园 government_planned_investment 2021-11 3320000000 EXACT CUM
绍兴市—乐山市 aid_funds 2023-11 501000000 EXACT CUM
宁波山海协作 aid_funds 2018 44850000 EXACT YTD
浙江莲都经济开发区 planned_area 2022-10 10.71 EXACT PIT
浙江莲都经济开发区 buildable_area 2022-10 15.94 EXACT PIT
浙川东西部协作 paired_counties_added 2021-06 28 EXACT PIT
浙江省 mountain_counties 2024-08-20 26 EXACT PIT
浙江省 mountain_island_counties 2024-08-21 25 EXACT PIT
"""


def rows_of(table_id: str, edition_name: str | None = None) -> list[Row]:
    table = LIBRARY.catalogue.tables[table_id]
    editions = [e for e in table.document.editions if edition_name in (None, e.edition)]
    readers = [LIBRARY.reader(table, edition, table.file(edition).read_bytes()) for edition in editions]
    return [row for reader in readers for row in reader.rows()]


@pytest.mark.parametrize("line", FIGURES.strip().splitlines())
def test_a_figure_keeps_its_qualifier_and_window(line: str) -> None:
    subject, indicator, period, value, qualifier, accum = line.split()
    assert [
        (row["value"], row["value_qualifier"], row["accum"])
        for row in rows_of("web_pages/programme_figures")
        if (row["subject_name"], row["indicator_code"], row["time_period"]) == (subject, indicator, period)
    ] == [(Decimal(value), qualifier, accum)]


def test_every_figure_of_the_pages_is_read() -> None:
    assert len(rows_of("web_pages/programme_figures")) == 73
    assert len(rows_of("web_pages/county_figures")) == 159


def test_encyclopedias_are_of_low_reliability_and_no_other_page_is() -> None:
    assert {row["obs_status"] for row in rows_of("web_pages/county_figures", "encyclopedia_pages")} == {"U"}
    for edition in ("local_government_pages", "news_pages"):
        assert {row["obs_status"] for row in rows_of("web_pages/county_figures", edition)} == {"A", "P"}


def test_each_page_is_a_vintage_set_of_its_own() -> None:
    for table_id, pages in (("web_pages/county_figures", 23), ("web_pages/programme_figures", 20)):
        assert len({row["vintage_set_id"] for row in rows_of(table_id)}) == pages


def test_the_census_is_of_its_day_and_never_preliminary() -> None:
    census = [row for row in rows_of("web_pages/county_figures") if row["indicator_code"] == "census_population"]
    assert len(census) == 6
    assert {(row["time_period"], row["estimate_round"]) for row in census} == {("2020-11-01", "_Z")}


def test_a_fall_is_negative() -> None:
    falls = [row for row in rows_of("web_pages/county_figures") if str(row["printed"]).startswith("下降")]
    assert [(row["subject_name"], row["value"]) for row in falls] == [("松阳县", Decimal("-0.3"))]
