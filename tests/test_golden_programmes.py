"""The golden figures of programmes, parks and enclaves, found in the marts as hand-checked."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from shanhai.warehouse.connection import connect
from tests.conftest import ReleasedWarehouse


def rows(query: str, *values: object) -> list[tuple[Any, ...]]:
    with connect("reader") as connection:
        return connection.execute(query, values).fetchall()


@pytest.mark.parametrize(
    ("window", "paid_in", "in_parks", "share"),
    [("CY2021", 479, 86, "17.95"), ("SINCE2021", 679, 136, "20.03")],
)
def test_parks_hold_a_fifth_of_what_is_paid_in(
    released_warehouse: ReleasedWarehouse, window: str, paid_in: int, in_parks: int, share: str
) -> None:
    figures = rows(
        "select indicator_code, value / 100000000 from marts.mart_programme_windows where window_code = %s "
        "and indicator_code in ('paid_in_investment', 'park_paid_in_investment') and programme_code = %s",
        window,
        "zhejiang_sichuan_co_built_parks",
    )
    assert dict(figures) == {"paid_in_investment": paid_in, "park_paid_in_investment": in_parks}
    ((value, status),) = rows(
        "select round(value, 2), obs_status from marts.fct_metrics "
        "where metric_code = 'park_intensity' and window_code = %s",
        window,
    )
    assert (value, status) == (Decimal(share), "E")


def test_four_round_differences_between_the_windows_are_shown(released_warehouse: ReleasedWarehouse) -> None:
    found = rows(
        "select indicator_code, beyond_value from marts.mart_programme_windows "
        "where window_code = 'CY2021' and enclosing_window_code = 'SINCE2021' and programme_code = %s",
        "zhejiang_sichuan_co_built_parks",
    )
    assert (
        dict(found).items()
        >= {
            "enterprises_guided": 200,
            "paid_in_investment": 200 * 10**8,
            "park_enterprises_guided": 50,
            "park_paid_in_investment": 50 * 10**8,
        }.items()
    )


def test_the_lanzhou_cohort_has_its_rates(released_warehouse: ReleasedWarehouse) -> None:
    found = rows(
        "select round(paid_in_rate_pct, 2), round(start_rate_pct, 2), round(completion_rate_pct, 2), "
        "full_capacity_rate_pct "
        "from marts.mart_project_funnels where subject_name = '第十九届兰洽会'"
    )
    assert found == [(Decimal("45.59"), Decimal("82.98"), Decimal("36.69"), None)]


def test_the_grades_of_jingning_are_raised_and_not_repaired(released_warehouse: ReleasedWarehouse) -> None:
    found = rows(
        "select size_class, evaluated_count, graded_count, is_consistent, round(grade_b_share_pct, 2), "
        "finding_en is not null from marts.mart_evaluation_grades "
        "where division_code = '331127' and evaluation_year = 2022 order by size_class"
    )
    assert found == [("ABOVE_SCALE", 39, 39, True, Decimal("53.85"), False), ("BELOW_SCALE", 36, 28, False, None, True)]


def test_zones_cover_eighteen_then_twenty_three_then_twenty_six_counties(released_warehouse: ReleasedWarehouse) -> None:
    found = rows(
        "select as_of::text, counties_with_zone_count, zones_newly_approved_count "
        "from marts.mart_zone_coverage order by as_of"
    )
    assert found == [("2021-12-31", 18, 0), ("2022-01-11", 23, 5), ("2022-10-12", 26, 9)]


def test_eighteen_consortia_of_which_ten_have_no_name(released_warehouse: ReleasedWarehouse) -> None:
    found = rows(
        "select count(*), count(mountain_county_code), count(*) filter (where name_reason is not null), "
        "count(*) filter (where assessment_result = 'passes') from marts.mart_consortium_years where year = 2023"
    )
    assert found == [(18, 8, 10, 18)]


@pytest.mark.parametrize(
    ("county", "partners"),
    [
        ("331023", {("manufacturing_consortium", "桐乡市"), ("zone_pairing_first_round", "湖州经济技术开发区")}),
        ("331127", {("manufacturing_consortium", "乐清市"), ("zone_pairing_first_round", "上虞经济技术开发区")}),
        ("331122", {("manufacturing_consortium", "德清县"), ("open_platform_co_building", "富阳经济技术开发区")}),
    ],
)
def test_partners_of_two_programmes_are_in_force_at_once(
    released_warehouse: ReleasedWarehouse, county: str, partners: set[tuple[str, str]]
) -> None:
    found = rows(
        "select programme_code, partner_name from marts.fct_pairings where recipient_division_code = %s "
        "and coalesce(valid_from, '2021-01-01') <= '2023-06-30' and coalesce(valid_to, '9999-12-31') > '2023-06-30'",
        county,
    )
    assert set(found) >= partners


def test_an_enclave_benefit_that_nobody_can_know_is_null_and_never_nought(
    released_warehouse: ReleasedWarehouse,
) -> None:
    found = rows(
        "select is_inside_window, count(*), count(benefit_limit_cny), count(reason) from marts.mart_enclave_benefits "
        "where park_code = 'jiashan_jiuzhai_park' and investment_share_pct = 10 and retained_tax_share_pct = 50 "
        "group by is_inside_window order by is_inside_window"
    )
    assert found == [(False, 1, 1, 0), (True, 5, 0, 5)]


def test_five_plus_one_results_are_unknown_for_a_reason(released_warehouse: ReleasedWarehouse) -> None:
    found = rows(
        "select result, count(*), count(reason), count(distinct rule_code) from marts.mart_scheme_results "
        "where scheme_code = 'sichuan_key_parks' group by result"
    )
    assert found == [("unknown", 16, 16, 6)]


def test_every_system_of_the_articles_has_its_row(released_warehouse: ReleasedWarehouse) -> None:
    found = rows(
        "select system_code, max(value) from marts.mart_cooperation_systems "
        "where system_code = any(%s) group by system_code",
        [
            "chain_chief",
            "dual_chain_chief",
            "standard_land",
            "provincial_industry_fund",
            "shared_leads",
            "digital_diagnosis",
        ],
    )
    assert dict(found) == {
        "chain_chief": 12,
        "dual_chain_chief": 6,
        "standard_land": None,
        "provincial_industry_fund": 10**8,
        "shared_leads": None,
        "digital_diagnosis": 40,
    }
