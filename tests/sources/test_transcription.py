"""The transcribed statistics: registers without a defect, tables that add up as printed, golden figures."""

import csv
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from typing import get_args

import pytest

from shanhai import settings
from shanhai.documents.terms import SymbolMeaning
from shanhai.grammar.figures import read_cell
from shanhai.library import Library
from shanhai.reading.publication import Row

LIBRARY = Library.open()
CODE_LISTS = {
    "measure": {"LEVEL", "GROWTH", "CHANGE", "GAP", "SHARE", "RATIO", "CONTRIBUTION", "RANK", "TEXT"},
    "default_accum": {"YTD", "DISC", "PIT", "AVG", "CUM"},
    "growth_basis": {"", "REAL", "NOMINAL", "SAME_SCOPE", "ADJUSTED"},
    "population_basis": {"", "RESIDENT_END", "RESIDENT_AVG", "HUKOU_END", "HUKOU_AVG"},
    "is_additive": {"true", "false"},
}
NEVER_EMPTY = ("indicator_code", "name_zh", "name_en", "unit_measure", "coverage", "definition_zh", "definition_en")
# domain rules §9: table, subject, period, round, accumulation, indicator, value in the canonical unit
GOLDEN = """
zhejiang_bureau_of_statistics/communique 浙江省 2022 PRELIM YTD gdp 7771500000000
zhejiang_bureau_of_statistics/communique 浙江省 2023 PRELIM YTD gdp 8255300000000
zhejiang_bureau_of_statistics/communique 浙江省 2023 PRELIM YTD primary_value_added 233200000000
zhejiang_bureau_of_statistics/communique 浙江省 2023 CENSUS YTD gdp 8562000000000
zhejiang_bureau_of_statistics/communique 浙江省 2023 CENSUS YTD secondary_share_of_gdp 39.2
zhejiang_bureau_of_statistics/communique 浙江省 2024 PRELIM YTD resident_population_change 430000
zhejiang_bureau_of_statistics/quarterly 浙江省 2023-Q3 PRELIM YTD gdp 5918200000000
zhejiang_bureau_of_statistics/quarterly 浙江省 2023-Q3 PRELIM YTD urban_rural_income_ratio 1.78
zhejiang_bureau_of_statistics/quarterly 浙江省 2025-S1 PRELIM YTD gdp_real_growth 5.8
zhejiang_bureau_of_statistics/annual_releases 浙江省 2021 PRELIM YTD urban_rural_income_ratio 1.94
zhejiang_bureau_of_statistics/yearbook_cities 浙西南 2015 FINAL YTD gdp 1382369000000
lishui_bureau_of_statistics/monthly_brief 丽水市 2020-Q3 _Z YTD rural_disposable_income 17860
lishui_bureau_of_statistics/communique 丽水市 2023 PRELIM YTD gdp_per_resident 77908
county_bureaus_of_statistics/communique 云和县 2022 PRELIM YTD gdp 9514350000
county_bureaus_of_statistics/communique 云和县 2022 PRELIM YTD gdp_real_growth -4.1
county_bureaus_of_statistics/communique 云和县 2021 FINAL YTD gdp 9728460000
county_bureaus_of_statistics/communique 云和县 2022 PRELIM PIT registered_population 112635
county_bureaus_of_statistics/communique 常山县 2022 PRELIM YTD tertiary_share_of_gdp 50.2
county_bureaus_of_statistics/communique 常山县 2021 FINAL YTD gdp_real_growth 9.8
county_bureaus_of_statistics/communique 玉环市 2019 PRELIM YTD gdp_per_registered_person 141647
county_bureaus_of_statistics/communique 玉环市 2019 PRELIM YTD gdp_per_resident 98094
national_bureau_of_statistics/accounts 全国 2021 PRELIM YTD gdp 114367000000000
national_bureau_of_statistics/accounts 全国 2021 FINAL YTD gdp_real_growth 8.4
national_bureau_of_statistics/fixed_asset_investment 全国 2021-S1 _Z YTD fixed_asset_investment_growth 12.6
jingning_economy_bureau/per_mu_evaluation 景宁畲族自治县 2022 EVAL PIT evaluated_below_scale_enterprises 36
gansu_lanzhou_fair/signing_cohorts 第十九届兰洽会 2015-09 _Z CUM paid_in_investment 279449000000
"""


def rows_of(table_id: str) -> list[Row]:
    table = LIBRARY.catalogue.tables[table_id]
    readers = [LIBRARY.reader(table, edition, table.file(edition).read_bytes()) for edition in table.document.editions]
    return [row for reader in readers for row in reader.rows()]


def seed(name: str) -> list[dict[str, str]]:
    with (settings.DBT_PROJECT / "seeds" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def total(rows: Iterable[Row], indicator: str) -> Decimal:
    return sum((Decimal(str(row["value"])) for row in rows if row["indicator_code"] == indicator), Decimal(0))


@pytest.mark.parametrize("field", CODE_LISTS)
def test_indicators_use_the_code_lists(field: str) -> None:
    indicators = seed("indicators")
    assert len(indicators) > 150
    assert [row["indicator_code"] for row in indicators if row[field] not in CODE_LISTS[field]] == []


def test_what_a_printed_mark_means_is_a_code_list() -> None:
    """The value and status that each code's names promise are those that a cell with the mark is read as."""
    codes = {row["code"]: row["name_en"] for row in seed("code_lists") if row["code_list"] == "CL_SYMBOL_MEANING"}
    assert codes.keys() == set(get_args(SymbolMeaning))
    for code, name in codes.items():
        figure = read_cell("…", {"…": code})
        assert ("value 0" in name) == (figure.value == 0), code
        assert ("no value" in name) == (figure.value is None), code
        assert (f"status {figure.missing_status}" in name) == bool(figure.missing_status), code


def test_indicators_are_named_defined_and_have_a_unit() -> None:
    units = {row["unit_measure"] for row in seed("units")} | {"TEXT"}
    for row in seed("indicators"):
        assert row["unit_measure"] in units, row["indicator_code"]
        assert [field for field in NEVER_EMPTY if not row[field].strip()] == [], row["indicator_code"]
        assert [field for field, value in row.items() if value != value.strip()] == [], row["indicator_code"]


def test_aliases_are_not_names_of_the_register_and_lead_into_it() -> None:
    register = rows_of("ministry_of_civil_affairs/divisions")
    names, codes = {row["name_zh"] for row in register}, {row["division_code"] for row in register}
    aliases = seed("division_aliases")
    assert aliases
    assert [row for row in aliases if row["alias"] in names or row["division_code"] not in codes] == []


def test_the_register_of_divisions_is_whole() -> None:
    rows = Counter(row["province_name"] for row in rows_of("ministry_of_civil_affairs/divisions"))
    assert rows == {"浙江省": 228, "四川省": 524}


def test_the_county_yearbook_is_whole_and_its_sectors_add() -> None:
    rows = rows_of("national_bureau_of_statistics/county_yearbook")
    assert len(rows) == 63 * 23
    counties = {str(row["division_code"]) for row in rows}
    assert len(counties) == 63
    assert {"330802", "331102"}.isdisjoint(counties)
    for county in counties:
        own = [row for row in rows if row["division_code"] == county]
        sectors = sum(total(own, f"{sector}_value_added") for sector in ("primary", "secondary", "tertiary"))
        assert abs(total(own, "gdp") - sectors) <= 2 * 10**4, county


def test_the_census_adds_up_from_county_to_province() -> None:
    rows = rows_of("national_bureau_of_statistics/census_county")
    assert len(rows) == 103 * 58
    people = {
        str(row["division_code"] or row["subject_name"]): Decimal(str(row["value"]))
        for row in rows
        if row["indicator_code"] == "census_population"
    }
    counties = {code: value for code, value in people.items() if not code.endswith("00")}
    assert len(counties) == 91
    assert sum(counties.values()) == people["330000"] == 64567588
    wenzhou = [value for code, value in counties.items() if code.startswith("3303")]
    assert sum(wenzhou) + counties["温州经济技术开发区"] == people["330300"]


def test_cities_add_to_their_group_within_rounding() -> None:
    rows = rows_of("zhejiang_bureau_of_statistics/yearbook_cities")
    group = [row for row in rows if row["subject_name"] == "浙东北"]
    cities = [row for row in rows if row["division_code"]]
    assert len(cities) == 6 * 17
    assert abs(total(cities, "gdp") - total(group, "gdp")) <= Decimal("0.035") * 10**8


def test_the_rank_row_of_the_brief_is_not_read() -> None:
    rows = rows_of("lishui_bureau_of_statistics/monthly_brief")
    assert len(rows) == 12 * 6
    assert {row["time_period"] for row in rows} == {"2020-Q3"}


@pytest.mark.parametrize("county", ["平阳县", "云和县", "泰顺县", "常山县"])
def test_a_communique_holds_two_rounds(county: str) -> None:
    products = [
        row
        for row in rows_of("county_bureaus_of_statistics/communique")
        if row["subject_name"] == county and row["indicator_code"] == "gdp"
    ]
    assert {row["estimate_round"] for row in products} == {"PRELIM", "FINAL"}
    final = [row for row in products if row["estimate_round"] == "FINAL"]
    assert {row["obs_status"] for row in final} == {"A"}


@pytest.mark.parametrize("line", GOLDEN.strip().splitlines())
def test_golden_figures(line: str) -> None:
    table_id, *key, value = line.split()
    fields = ("subject_name", "time_period", "estimate_round", "accum", "indicator_code")
    found = [row["value"] for row in rows_of(table_id) if [row[field] for field in fields] == key]
    assert found == [Decimal(value)]
