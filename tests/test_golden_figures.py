"""The golden figures of the domain rules, each named, found in the warehouse as it was printed.

Unit, estimate round, accumulation and population basis are part of each figure; a figure in another of any of these is
another figure.
"""

from dataclasses import dataclass
from decimal import Decimal

import pytest

from shanhai.warehouse.connection import connect
from tests.conftest import ReleasedWarehouse

ZHEJIANG, LISHUI, QUZHOU, YUNHE, CHANGSHAN, YUHUAN = "330000", "331100", "330800", "331125", "330822", "331083"


@dataclass(frozen=True)
class Golden:
    """A published figure; `round` is its estimate round, `unit` the printed unit."""

    name: str
    subject: str
    indicator: str
    period: str
    value: str
    unit: str
    accum: str = "YTD"
    round: str = "PRELIM"
    population_basis: str | None = None


def accounts(subject: str, period: str, unit: str, values: str, estimate_round: str = "PRELIM") -> list[Golden]:
    """GDP and its three sectors, printed in one unit."""
    indicators = ("gdp", "primary_value_added", "secondary_value_added", "tertiary_value_added")
    return [
        Golden(f"{subject} {period} {indicator}", subject, indicator, period, value, unit, round=estimate_round)
        for indicator, value in zip(indicators, values.split("/"), strict=False)
    ]


def shares(subject: str, period: str, values: str, estimate_round: str = "PRELIM") -> list[Golden]:
    """Shares of the three sectors in GDP, printed without a unit."""
    indicators = ("primary_share_of_gdp", "secondary_share_of_gdp", "tertiary_share_of_gdp")
    return [
        Golden(f"{subject} {period} {indicator}", subject, indicator, period, value, "", round=estimate_round)
        for indicator, value in zip(indicators, values.split(":"), strict=True)
    ]


def one(
    subject: str,
    period: str,
    indicator: str,
    value: str,
    unit: str,
    accum: str = "YTD",
    estimate_round: str = "PRELIM",
    population_basis: str | None = None,
) -> Golden:
    """One figure, named by what it is."""
    name = f"{subject} {period} {indicator} {estimate_round}"
    return Golden(name, subject, indicator, period, value, unit, accum, estimate_round, population_basis)


GOLDEN = [
    *accounts(ZHEJIANG, "2022", "亿元", "77715/2325/33205/42185"),
    *shares(ZHEJIANG, "2022", "3.0:42.7:54.3"),
    one(ZHEJIANG, "2022", "gdp_per_resident", "118496", "元", "YTD", population_basis="RESIDENT_AVG"),
    one(ZHEJIANG, "2022", "resident_population", "6577", "万人", "PIT", population_basis="RESIDENT_END"),
    one(ZHEJIANG, "2022", "resident_population_change", "37", "万人"),
    *accounts(ZHEJIANG, "2023", "亿元", "82553/2332/33953/46268"),
    *shares(ZHEJIANG, "2023", "2.8:41.1:56.1"),
    one(ZHEJIANG, "2023", "gdp_per_resident", "125043", "元", "YTD", population_basis="RESIDENT_AVG"),
    one(ZHEJIANG, "2023", "resident_population", "6627", "万人", "PIT"),
    one(ZHEJIANG, "2023", "births", "38.3", "万人"),
    one(ZHEJIANG, "2023", "birth_rate", "5.80", "‰"),
    one(ZHEJIANG, "2023", "deaths", "44.0", "万人"),
    one(ZHEJIANG, "2023", "death_rate", "6.66", "‰"),
    *accounts(ZHEJIANG, "2023", "亿元", "85620", "CENSUS"),
    *shares(ZHEJIANG, "2023", "2.9:39.2:57.9", "CENSUS"),
    *accounts(ZHEJIANG, "2024", "亿元", "90131/2586/34783/52762"),
    *shares(ZHEJIANG, "2024", "2.9:38.6:58.5"),
    one(ZHEJIANG, "2024", "gdp_per_resident", "135565", "元", "YTD"),
    one(ZHEJIANG, "2024", "resident_population", "6670", "万人", "PIT"),
    *accounts(ZHEJIANG, "2023-Q1", "亿元", "18925/366/7494/11065"),
    one(ZHEJIANG, "2023-Q1", "gdp_real_growth", "4.9", "%"),
    *accounts(ZHEJIANG, "2023-Q3", "亿元", "59182/1580/24434/33168"),
    one(ZHEJIANG, "2023-Q3", "gdp_real_growth", "6.3", "%"),
    *accounts(ZHEJIANG, "2025-S1", "亿元", "45004/1131/16952/26921"),
    one(ZHEJIANG, "2025-S1", "gdp_real_growth", "5.8", "%"),
    one(ZHEJIANG, "2023-Q3", "disposable_income", "49821", "元"),
    one(ZHEJIANG, "2023-Q3", "urban_disposable_income", "58121", "元"),
    one(ZHEJIANG, "2023-Q3", "rural_disposable_income", "32578", "元"),
    one(ZHEJIANG, "2023-Q3", "disposable_income_nominal_growth", "5.9", "%"),
    one(ZHEJIANG, "2023-Q3", "disposable_income_real_growth", "5.5", "%"),
    one(ZHEJIANG, "2023-Q3", "urban_rural_income_ratio", "1.78", ""),
    *(
        one(area, "2020-Q3", indicator, value, "元", estimate_round="_Z")
        for area, values in (
            (ZHEJIANG, "40121/47545/25505"),
            (LISHUI, "28778/37195/17860"),
            (QUZHOU, "28978/37663/20093"),
        )
        for indicator, value in zip(
            ("disposable_income", "urban_disposable_income", "rural_disposable_income"), values.split("/"), strict=True
        )
    ),
    one(ZHEJIANG, "2021", "urban_disposable_income", "68487", "元"),
    one(ZHEJIANG, "2021", "rural_disposable_income", "35247", "元"),
    one(ZHEJIANG, "2021", "urban_rural_income_ratio", "1.94", ""),
    *accounts(LISHUI, "2023", "亿元", "1964.4/115.0/740.1/1109.3"),
    *shares(LISHUI, "2023", "5.8:37.7:56.5"),
    one(LISHUI, "2023", "gdp_per_resident", "77908", "元", "YTD", population_basis="RESIDENT_AVG"),
    one(LISHUI, "2023", "resident_population", "252.8", "万人", "PIT"),
    one(LISHUI, "2023", "registered_population", "268.9", "万人", "PIT", population_basis="HUKOU_END"),
    one(LISHUI, "2023", "budget_revenue", "186.1", "亿元"),
    one(LISHUI, "2023", "tax_revenue", "138.7", "亿元"),
    *accounts(YUNHE, "2022", "万元", "951435/57116/445964/448355"),
    *shares(YUNHE, "2022", "6.0:46.9:47.1"),
    one(YUNHE, "2022", "gdp_real_growth", "-4.1", "%"),
    one(YUNHE, "2022", "gdp_per_resident", "74331", "元", "YTD", population_basis="RESIDENT_AVG"),
    one(YUNHE, "2022", "registered_population", "112635", "人", "PIT", population_basis="HUKOU_END"),
    one(YUNHE, "2022", "resident_population", "12.74", "万人", "PIT", population_basis="RESIDENT_END"),
    one(YUNHE, "2022", "primary_contribution_to_gdp_growth", "0.15", "个百分点"),
    one(YUNHE, "2022", "secondary_contribution_to_gdp_growth", "-5.64", "个百分点"),
    one(YUNHE, "2022", "tertiary_contribution_to_gdp_growth", "1.34", "个百分点"),
    one(YUNHE, "2021", "gdp", "972846", "万元", estimate_round="FINAL"),
    one(YUNHE, "2021", "gdp_real_growth", "9.6", "%", estimate_round="FINAL"),
    *accounts(CHANGSHAN, "2022", "万元", "2006008/91812/905956/1008240"),
    *shares(CHANGSHAN, "2022", "4.6:45.2:50.2"),
    one(CHANGSHAN, "2022", "gdp_real_growth", "4.1", "%"),
    one(CHANGSHAN, "2022", "gdp_per_resident", "76565", "元", "YTD"),
    one(CHANGSHAN, "2021", "gdp", "1898704", "万元", estimate_round="FINAL"),
    *accounts(YUHUAN, "2019", "亿元", "617.50/37.11/339.85/240.54"),
    one(YUHUAN, "2019", "gdp_per_registered_person", "141647", "元", "YTD", population_basis="HUKOU_AVG"),
    one(YUHUAN, "2019", "gdp_per_resident", "98094", "元", "YTD", population_basis="RESIDENT_AVG"),
    *(
        one(block, "2022", "gdp", value, "亿元")
        for block, value in (
            ("丽水市域发展核心带", "1064.08"),
            ("遂松发展区块", "315.73"),
            ("龙庆发展区块", "262.97"),
            ("云景发展区块", "188.38"),
        )
    ),
    one(ZHEJIANG, "2015", "gdp", "42886.5", "亿元"),
    one("浙东北", "2015", "gdp", "29214.69", "亿元", estimate_round="FINAL"),
    one("浙西南", "2015", "gdp", "13823.69", "亿元", estimate_round="FINAL"),
    one("全国", "2021", "gdp", "1143670", "亿元"),
    one("全国", "2021", "gdp", "1149237", "亿元", estimate_round="FINAL"),
    one("全国", "2021", "gdp_real_growth", "8.1", "%"),
    one("全国", "2021", "gdp_real_growth", "8.4", "%", estimate_round="FINAL"),
    one("全国", "2020-S1", "fixed_asset_investment", "281603", "亿元", estimate_round="_Z"),
    one("全国", "2021-S1", "fixed_asset_investment", "255900", "亿元", estimate_round="_Z"),
    one("全国", "2021-S1", "fixed_asset_investment_growth", "12.6", "%", estimate_round="_Z"),
    one("全国", "2022-S1", "fixed_asset_investment", "271430", "亿元", estimate_round="_Z"),
    one("全国", "2022-S1", "fixed_asset_investment_growth", "6.1", "%", estimate_round="_Z"),
    one("全国", "2023-10", "fixed_asset_investment", "419409", "亿元", estimate_round="_Z"),
    one("全国", "2024-10", "fixed_asset_investment", "423222", "亿元", estimate_round="_Z"),
    one("全国", "2024-10", "fixed_asset_investment_growth", "3.4", "%", estimate_round="_Z"),
]

_FIGURE = """
select facts.obs_value, facts.unit_printed, facts.accum, indicators.population_basis, facts.locator
from marts.fct_observations as facts
inner join marts.dim_indicators as indicators using (indicator_code)
where %(subject)s in (facts.division_code, facts.subject_name)
    and facts.indicator_code = %(indicator)s
    and facts.time_period = %(period)s
    and facts.estimate_round = %(round)s
"""


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda golden: golden.name)
def test_a_golden_figure_is_in_the_warehouse(released_warehouse: ReleasedWarehouse, golden: Golden) -> None:
    with connect("reader") as connection:
        found = connection.execute(_FIGURE, vars(golden)).fetchall()
    assert found, "not in the warehouse"
    expected = (Decimal(golden.value), golden.unit or None, golden.accum)
    assert expected in [(value, unit, accum) for value, unit, accum, _, _ in found]
    if golden.population_basis:
        assert {basis for *_, basis, _ in found} == {golden.population_basis}


@pytest.mark.parametrize(
    ("indicator", "window_start", "time_period", "value", "qualifier"),
    [
        ("paid_in_investment", "2021-01-01", "2021", "479", "EXACT"),
        ("park_paid_in_investment", "2021-01-01", "2021", "86", "EXACT"),
        ("paid_in_investment", "2021-01-01", "2023-02", "679", "EXACT"),
        ("park_paid_in_investment", "2021-01-01", "2023-02", "136", "EXACT"),
        ("enterprises_guided", "2021-01-01", "2021", "565", "EXACT"),
        ("enterprises_guided", "2021-01-01", "2023-02", "765", "EXACT"),
    ],
)
def test_the_windows_of_zhejiang_and_sichuan_stand_apart(
    released_warehouse: ReleasedWarehouse,
    indicator: str,
    window_start: str,
    time_period: str,
    value: str,
    qualifier: str,
) -> None:
    with connect("reader") as connection:
        found = connection.execute(
            "select obs_value, value_qualifier from marts.fct_observations "
            "where indicator_code = %s and period_start = %s and time_period = %s",
            (indicator, window_start, time_period),
        ).fetchall()
    assert (Decimal(value), qualifier) in found


@pytest.mark.parametrize("value", ["6129.09", "2794.49", "1093", "907", "401"])
def test_the_lanzhou_cohort(released_warehouse: ReleasedWarehouse, value: str) -> None:
    with connect("reader") as connection:
        found = connection.execute(
            "select indicator_code from marts.fct_observations inner join marts.dim_publications using (load_id) "
            "where publisher_id = 'gansu_lanzhou_fair' and obs_value = %s",
            (Decimal(value),),
        ).fetchall()
    assert len(found) == 1


def test_the_grades_of_jingning_do_not_add_up_and_are_not_repaired(released_warehouse: ReleasedWarehouse) -> None:
    with connect("reader") as connection:
        found = connection.execute(
            "select obs_value from marts.fct_observations inner join marts.dim_publications using (load_id) "
            "where publisher_id = 'jingning_economy_bureau' order by locator"
        ).fetchall()
    assert sorted(int(value) for (value,) in found) == sorted([39, 11, 21, 7, 0, 36, 4, 21, 0, 3])


def test_breaks_in_series_hold_the_value_before_them(released_warehouse: ReleasedWarehouse) -> None:
    """Cangnan without Longgang (2019, domain 2.8), rural income after net income (2013, 2.10), in what is bundled."""
    with connect("reader") as connection:
        found = connection.execute(
            """
            select subject_name, indicator_code, time_period, value / 1e8, obs_pre_break / 1e8, pre_break_time_period,
                break_reason like '%龙港%'
            from marts.mart_division_figures where is_break and indicator_code = 'gdp'
            union all
            select subject_name, indicator_code, time_period, value, obs_pre_break, pre_break_time_period,
                break_reason like '%农村居民人均纯收入%'
            from marts.mart_division_figures where is_break and indicator_code = 'rural_disposable_income'
            """
        ).fetchall()
        growth = connection.execute(
            "select count(*) from marts.fct_observations inner join marts.dim_indicators using (indicator_code) "
            "where is_break and measure = 'GROWTH'"
        ).fetchone()
    assert sorted(found) == [
        ("平阳县", "rural_disposable_income", "2021", Decimal(29703), Decimal(11827), "2012", True),
        ("苍南县", "gdp", "2020", Decimal("363.0884"), Decimal("109.8"), "2003", True),
    ]
    assert growth == (0,)
