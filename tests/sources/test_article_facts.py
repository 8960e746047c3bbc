"""The five articles: every fact they carry is read by a statement or stands in a register."""

import re
from decimal import Decimal

import pytest

from shanhai.library import Library
from shanhai.reading.publication import Row

LIBRARY = Library.open()
ARTICLES = (
    "achie/zhejiang_sichuan_parks",
    "zhejiang_factory_network/zone_pairing_report",
    "sichuan_government/key_park_action_plan",
    "zhejiang_daily/consortium_report",
    "zhejiang_daily/open_platform_report",
)
REGISTERS = ("pairings", "parks", "projects", "scheme_rules")
# Facts of each article; their numbers stand in the comments of statements and the notes of registers.
FACTS = {"S0": 66, "S1": 25, "S2": 14, "S3": 54, "S4": 39}
# fact, indicator, period (a window from its first day), value in the canonical unit or text, qualifier, status
FIGURES = """
S0-001 enterprises_guided 2021 565 EXACT A
S0-002 paid_in_investment 2021 47900000000 EXACT A
S0-003 co_built_parks 2021 60 EXACT A
S0-004 park_enterprises_guided 2021 255 EXACT A
S0-005 park_paid_in_investment 2021 8600000000 EXACT A
S0-006 rural_workers_employed 2021 18700 EXACT A
S0-007 enterprises_guided 2021-01-01..2023-02 765 EXACT A
S0-008 paid_in_investment 2021-01-01..2023-02 67900000000 EXACT A
S0-009 co_built_parks 2021-01-01..2023-02 68 EXACT A
S0-010 park_enterprises_guided 2021-01-01..2023-02 305 EXACT A
S0-011 park_paid_in_investment 2021-01-01..2023-02 13600000000 EXACT A
S0-012 park_enterprises_guided 2018-01-01..2023-02 400 GE A
S0-013 park_paid_in_investment 2018-01-01..2023-02 36000000000 GE A
S0-014 lifted_out_of_poverty_workers_employed 2018-01-01..2023-02 10000 GE A
S0-015 co_built_parks 2018-01-01..2023-02 68 EXACT A
S0-016 framework_ideas 2023-02 1 EXACT A
S0-017 framework_leads 2023-02 2 EXACT A
S0-018 framework_mechanisms 2023-02 3 EXACT A
S0-019 framework_empowerments 2023-02 4 EXACT A
S0-020 parks_per_county 2023-02 1 EXACT A
S0-022 enterprises_introduced 2023-02 36 EXACT A
S0-023 agreed_investment 2023-02 28900000000 EXACT A
S0-024 enterprises_built 2023-02 24 EXACT A
S0-025 output_value 2021 8000000000 GT A
S0-026 chain_stages 2023-02 4 EXACT A
S0-027 tax_per_mu_floor 2023-02 150000 EXACT A
S0-028 average_signed_investment 2023-02 500000000 GT A
S0-030 white_tea_experience 2023-02 30 GE A
S0-031 planted_area 2023-02 5000 EXACT A
S0-032 households_benefited 2023-02 512 EXACT A
S0-033 people_benefited 2023-02 1544 EXACT A
S0-047 tenant_purchase_period 2023-02 5-10 EXACT F
S0-049 income_sharing_period 2023-02 5 EXACT A
S0-050 investment_income_rate 2023-02 10 EXACT A
S0-051 retained_tax_income_rate 2023-02 50 EXACT A
S0-052 income_distributions 2023-02 3 EXACT A
S0-053 enclave_income 2023-02 28400000 EXACT A
S0-054 villages_helped 2023-02 48 EXACT A
S0-055 lifted_out_of_poverty_people_helped 2023-02 3575 EXACT A
S0-056 projects_tracked 2023-02 9 EXACT A
S0-057 signed_projects 2023-02 4 EXACT A
S0-058 signed_investment 2023-02 5000000000 EXACT A
S0-059 recruitment_centre_cities 2023-02 3 EXACT A
S0-060 policy_categories 2023-02 5 EXACT A
S0-061 policy_measures 2023-02 15 EXACT A
S0-062 prefectures_with_rules 2023-02 12 EXACT A
S0-063 relocation_subsidy_cap 2023-02 1000000 EXACT A
S0-064 equipment_subsidy_rate 2023-02 10 EXACT A
S0-065 project_subsidy_cap 2023-02 5000000 EXACT A
S1-001 advanced_zones_paired undated 11 EXACT A
S1-002 mountain_counties undated 26 EXACT A
S1-003 zones_established undated 18 EXACT A
S1-004 zones_in_preparation undated 8 EXACT A
S1-008 annual_tax_payment undated 7000000 GE F
S1-009 jobs_created undated 350 EXACT F
S1-010 main_industry undated 婴幼儿教具玩具 EXACT A
S1-011 drone_capacity undated 10000 EXACT F
S1-012 previous_main_industry undated 特种纸 EXACT A
S1-015 zones_land_share undated 7 APPROX U
S1-016 zones_tax_share undated 40 APPROX U
S1-017 zones_trade_share undated 50 EXACT U
S1-018 zones_utilised_foreign_investment_share undated 60 EXACT U
S1-019 zones_above_scale_value_added_share undated 70 EXACT U
S1-020 consolidated_zones undated 134 EXACT U
S1-021 cluster_output_floor undated 100000000000 GT U
S1-022 agreed_investment undated 980000000 EXACT U
S1-023 managers_disciplined undated 3 EXACT U
S1-024 urban_rural_class_code undated 111 EXACT U
S1-025 id_number_prefix undated 330109 EXACT U
S2-001 key_parks 2023-12 100 APPROX F
S2-002 main_industry_revenue_share 2023-12 70 GT F
S2-003 high_tech_revenue_share 2023-12 25 GT F
S2-004 innovation_platforms 2023-12 1 GE F
S2-005 revenue_per_mu_average_growth 2021-01-01..2023 7 APPROX F
S2-006 plan_cycle 2021-01-01..2023 3 EXACT A
S2-007 assessments_per_year 2021-01-01..2023 1 EXACT A
S2-008 industrial_system 2021-01-01..2023 5+1 EXACT A
S2-009 main_tasks 2021-01-01..2023 7 EXACT A
S2-010 implementation_measures 2021-01-01..2023 3 EXACT A
S2-011 planning_documents_per_park 2021-01-01..2023 3 EXACT A
S2-012 top_enterprise_ranking 2021-01-01..2023 500 EXACT A
S2-014 development_model 2021-01-01..2023 管委会+运营公司 EXACT A
S3-001 industrial_counties 2024-08 18 EXACT A
S3-002 paired_mountain_counties 2024-08 18 EXACT A
S3-003 consortia 2024-08 18 EXACT A
S3-004 provincial_fund_per_year 2023 1800000000 EXACT A
S3-005 assessment_result 2023 全部及格 EXACT A
S3-006 cooperation_tracks 2024-08 6 EXACT A
S3-017 consortia_with_co_built_park 2024-06 18 EXACT A
S3-018 manufacturing_investment 2023 67590000000 EXACT A
S3-019 manufacturing_investment_share 2022 8 EXACT A
S3-020 manufacturing_investment_share 2023 9.3 EXACT A
S3-021 electrical_share_of_above_scale_industry undated 52.1 EXACT A
S3-022 electrical_share_of_above_scale_output undated 25 EXACT A
S3-023 ecological_industry_start 2018 2018 EXACT A
S3-024 industry_scale_target undated 10000000000 EXACT F
S3-025 above_scale_enterprises 2024-08 67 EXACT A
S3-026 specialised_enterprises 2024-08 48 EXACT A
S3-027 little_giant_enterprises 2024-08 14 EXACT A
S3-028 listed_enterprises 2024-08 10 EXACT A
S3-029 share_of_prefecture_above_scale_enterprises 2024-08 4.2 APPROX A
S3-030 share_of_prefecture_above_scale_output 2024-08 4.2 APPROX A
S3-031 tiangong_tripod_award 2023 首批 EXACT A
S3-032 industrial_yarn_demand undated 6000 LT A
S3-033 cooperation_project_value 2023 100000000 GT A
S3-034 chemical_enterprises_at_fair 2024-08 10 EXACT A
S3-035 cooperation_project_value 2024 1000000000 GT F
S3-036 conveyor_belt_trial_capacity 2024-08 10600000 EXACT A
S3-037 conveyor_belt_full_capacity undated 60000000 EXACT F
S3-038 full_capacity_output undated 1500000000 EXACT F
S3-039 full_capacity_profit_and_tax undated 100000000 EXACT F
S3-040 completed_phases 2024-05 1 EXACT A
S3-042 sales_volume_growth undated 25.49 EXACT A
S3-043 production_volume_growth undated 111.3 EXACT A
S3-044 pass_rate_before undated 65.2 EXACT A
S3-045 pass_rate_after undated 99 GE A
S3-046 enterprises_diagnosed 2024-06 40 EXACT A
S3-047 enterprises_prediagnosed 2024-06 18 EXACT A
S3-048 lean_benchmark_enterprises 2024-06 10 EXACT A
S3-049 seminar_participants 2023 100 EXACT A
S3-050 small_commodity_firms undated 数万 EXACT A
S3-054 source_list_year 2023 2023 EXACT A
S4-001 fixed_asset_investment_growth 2021 25 EXACT A
S4-002 fixed_asset_investment_growth_gap 2021 14 EXACT A
S4-003 above_scale_industrial_value_added_growth 2021 35 EXACT A
S4-004 above_scale_industrial_value_added_growth_gap 2021 8 EXACT A
S4-005 counties_with_zone 2021-12 18 EXACT A
S4-006 counties_without_zone 2021-12 8 EXACT A
S4-007 zones_approved 2022-07 5 EXACT A
S4-008 zones_approved 2022-07 1 EXACT A
S4-009 zones_approved 2022-07 1 EXACT A
S4-010 zones_approved 2022-07 1 EXACT A
S4-011 zones_approved 2022-07 1 EXACT A
S4-012 zones_approved 2022-07 1 EXACT A
S4-013 issuing_departments 2022-07 10 EXACT A
S4-014 platforms_paired 2022-07 26 EXACT A
S4-015 advanced_zones_paired 2022-07 30 EXACT A
S4-022 started_projects 2022-05-27 1 EXACT A
S4-023 optical_film_capacity undated 600000 EXACT F
S4-024 location 2022-07 萧山经济技术开发区桥南区块 EXACT A
S4-025 agreed_investment 2022-07 10000000000 GT A
S4-027 fixed_asset_investment 2022-07 1000000000 GT A
S4-028 chain_chief_pilots 2022-07 12 EXACT A
S4-029 dual_chain_chief_pilots 2022-07 6 EXACT A
S4-030 fairs_attended 2021-07-01..2022-07 18 EXACT A
S4-031 provincial_fund_equity 2021 100000000 EXACT A
S4-032 rural_e_commerce_counties 2021 16 EXACT A
S4-033 digital_life_model_counties 2021 4 EXACT A
S4-034 digital_life_project_counties 2021 8 EXACT A
S4-035 digital_life_title 2021 样板区 EXACT A
S4-037 digital_focus_areas 2021 4 EXACT A
S4-038 best_practice_cases 2022-07 15 EXACT A
S4-039 news_items 2021-07-01..2022-07 400 GE A
"""
EXPECTED = dict(line.split(" ", 1) for line in FIGURES.strip().splitlines())


def facts_in(text: str | None) -> list[str]:
    """The fact numbers a comment names, in order: `S0-001..S0-006` are six."""
    named = []
    for first, last in re.findall(r"(S\d-\d{3})(?:\.\.(S\d-\d{3}))?", text or ""):
        named += [f"{first[:3]}{number:03}" for number in range(int(first[3:]), int((last or first)[3:]) + 1)]
    return named


def plain(value: object) -> str:
    return f"{Decimal(str(value)).normalize():f}"


def described(row: Row) -> str:
    period = row["time_period"] or "undated"
    if row["accum"] == "CUM" and row["period_start"]:
        period = f"{row['period_start']}..{period}"
    value = row["obs_text"] if row["value"] is None else plain(row["value"])
    if row["value_upper"] is not None:
        value = f"{value}-{plain(row['value_upper'])}"
    return f"{row['indicator_code']} {period} {value} {row['value_qualifier']} {row['obs_status']}"


def rows_of(table_id: str) -> list[Row]:
    table = LIBRARY.catalogue.tables[table_id]
    readers = [LIBRARY.reader(table, edition, table.file(edition).read_bytes()) for edition in table.document.editions]
    return [row for reader in readers for row in reader.rows()]


def read_figures() -> dict[str, str]:
    """Fact number to what was read: the figures of a statement are its facts in the order of its slots."""
    found: dict[str, str] = {}
    for table_id in ARTICLES:
        met: dict[object, int] = {}
        for row in rows_of(table_id):
            named = facts_in(str(row["comment"]))
            if named:
                place = met[row["comment"]] = met.get(row["comment"], -1) + 1
                assert named[place] not in found, named[place]
                found[named[place]] = described(row)
    return found


READ = read_figures()


@pytest.mark.parametrize("fact", EXPECTED)
def test_the_figure_is_read(fact: str) -> None:
    assert READ.get(fact) == EXPECTED[fact]


def test_no_other_figure_claims_a_fact() -> None:
    assert READ.keys() == EXPECTED.keys()


def test_every_fact_is_in_a_statement_or_a_register() -> None:
    noted = {
        fact for name in REGISTERS for row in rows_of(f"shanhai_registry/{name}") for fact in facts_in(str(row["note"]))
    }
    every = {f"{article}-{number:03}" for article, count in FACTS.items() for number in range(1, count + 1)}
    assert len(every) == 198
    assert noted | READ.keys() == every


def test_teasers_of_other_articles_are_marked() -> None:
    teasers = [row for row in rows_of("zhejiang_factory_network/zone_pairing_report") if row["obs_status"] == "U"]
    assert len(teasers) == 11
    assert all("out of scope" in str(row["comment"]) for row in teasers)


def test_the_repeated_article_is_transcribed_once() -> None:
    table = LIBRARY.catalogue.tables["achie/zhejiang_sichuan_parks"]
    text = table.file(table.document.editions[0]).read_text(encoding="utf-8")
    assert text.count("引导565家企业") == 1


def test_registers_point_only_at_programmes_and_parks_that_exist() -> None:
    programmes = {row["programme_code"] for row in rows_of("shanhai_registry/programmes")}
    parks = {row["park_code"] for row in rows_of("shanhai_registry/parks")}
    for name in ("pairings", "parks", "projects"):
        rows = rows_of(f"shanhai_registry/{name}")
        assert rows
        assert {row["programme_code"] for row in rows} - {None} <= programmes
        assert {row.get("park_code") for row in rows} - {None} <= parks


@pytest.mark.parametrize(
    ("list_code", "day", "members"),
    [
        ("original_26", "2025-12-31", 26),
        ("mountain_26", "2024-08-20", 26),
        ("mountain_26", "2024-08-21", 0),
        ("mountain_island", "2024-08-21", 25),
        ("mountain_island", "2025-05-28", 22),
        ("zones_end_2021", "2021-12-31", 18),
        ("counties_with_zone", "2022-01-11", 23),
        ("counties_with_zone", "2022-10-12", 26),
        ("consortium_18", "2024-08-22", 8),
    ],
)
def test_lists_have_their_members_on_a_day(list_code: str, day: str, members: int) -> None:
    rows = [row for row in rows_of("shanhai_registry/division_lists") if row["list_code"] == list_code]
    held = [
        row["division_code"]
        for row in rows
        if (row["valid_from"] is None or str(row["valid_from"]) <= day)
        and (row["valid_to"] is None or day < str(row["valid_to"]))
    ]
    assert len(held) == len(set(held)) == members


def test_codes_in_registers_are_those_of_their_divisions() -> None:
    names = {
        row["division_code"]: row["name_zh"]
        for row in rows_of("ministry_of_civil_affairs/divisions")
        if row["valid_to_year"] is None
    }
    sides = {"pairings": ("recipient", "partner"), "parks": ("host", "partner"), "projects": ("division",)}
    for name, fields in sides.items():
        for row in rows_of(f"shanhai_registry/{name}"):
            for field in fields:
                if row[f"{field}_code"]:
                    assert names[row[f"{field}_code"]] == row[f"{field}_name"]
    for row in rows_of("shanhai_registry/division_lists"):
        assert names[row["division_code"]] == row["division_name"]
