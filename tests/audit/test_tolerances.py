"""Rounding alone raises no alarm: thousands of random tables, each rounded as a bureau rounds."""

import random
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import HealthCheck, given, settings, strategies

from shanhai.audit.cases import perform_case
from shanhai.audit.texts import catalogue
from shanhai.documents.check import Case, Check, FigureGroup
from shanhai.warehouse.connection import connect

pytestmark = pytest.mark.usefixtures("released_warehouse")
CHECKS = {check.id: check for check in catalogue()}
TABLES = 500  # by four examples and eleven rules: two and twenty thousand tables


def printed(value: float, mult: int, decimals: int) -> str:
    """The number as a bureau prints it: in its unit, rounded half up."""
    scaled = Decimal(repr(value)).scaleb(-mult)
    return str(scaled.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP))


def group(number: int, mult: int = 0, **figures: str) -> FigureGroup:
    """Figures of one table of the bundle; every table is a publication of its own."""
    of = {"subject_name": f"县{number}", "division_code": f"{number:06}", "time_period": "2022", "unit_mult": mult,
          "edition": f"e{number}", "vintage_set_id": f"v{number}", "table_id": f"t/{number}"}  # fmt: skip
    return FigureGroup(of=of, figures=figures)


def accounts(number: int, chance: random.Random) -> list[FigureGroup]:
    """GDP with sectors, shares, residents and GDP per resident of one county, true first and rounded after."""
    sectors = [10 ** chance.uniform(9, 11.5) for _ in range(3)]
    total = sum(sectors)
    mult, decimals = chance.choice([(4, 0), (8, 2), (8, 1)])
    before, residents = chance.uniform(1e5, 1e7), chance.uniform(1e5, 1e7)
    residents = before * (1 + (residents / 1e7 - 0.5) / 20)
    people = chance.choice([1, 2])
    names = ("primary", "secondary", "tertiary")
    levels = {f"{n}_value_added": printed(v, mult, decimals) for n, v in zip(names, sectors, strict=True)}
    shares = {f"{n}_share_of_gdp": printed(v / total * 100, 0, 1) for n, v in zip(names, sectors, strict=True)}
    return [
        group(number, mult, gdp=printed(total, mult, decimals), **levels),
        group(number, 0, gdp_per_resident=printed(total / ((before + residents) / 2), 0, 0), **shares),
        group(number, 4, resident_population=printed(residents, 4, people),
              resident_population_change=printed(residents - before, 4, people)),
    ]  # fmt: skip


def incomes(number: int, chance: random.Random) -> list[FigureGroup]:
    """Both incomes and their ratio."""
    urban, rural = chance.uniform(20000, 90000), chance.uniform(8000, 45000)
    ratio = printed(urban / rural, 0, 2)
    return [group(number, 0, urban_disposable_income=printed(urban, 0, 0), rural_disposable_income=printed(rural, 0, 0),
                  urban_rural_income_ratio=ratio)]  # fmt: skip


def growths(number: int, chance: random.Random) -> list[FigureGroup]:
    """Two levels of one vintage and the nominal growth between them."""
    before = 10 ** chance.uniform(9, 12)
    after = before * chance.uniform(0.8, 1.4)
    mult, decimals = chance.choice([(4, 0), (8, 2), (8, 1)])
    now = group(number, mult, budget_revenue=printed(after, mult, decimals))
    then = now.model_copy(update={
        "of": now.of | {"time_period": "2021"}, "figures": {"budget_revenue": printed(before, mult, decimals)}
    })  # fmt: skip
    growth = group(number, 0, budget_revenue_growth=printed((after / before - 1) * 100, 0, 1))
    return [now, then, growth.model_copy(update={"of": growth.of | {"growth_basis": "NOMINAL"}})]


def residents(number: int, chance: random.Random) -> list[FigureGroup]:
    """Year-ends of two years, what changed between them, and the rates of births and deaths on the average."""
    before = chance.uniform(2e5, 1e7)
    after = before * chance.uniform(0.97, 1.03)
    births, deaths = ((before + after) / 2 * chance.uniform(0.004, 0.012) for _ in range(2))
    people = {"unit_measure": "PS", "division_code": f"{number:06}"}
    now = group(number, 4, births=printed(births, 4, 2), deaths=printed(deaths, 4, 2),
                resident_population=printed(after, 4, 2),
                resident_population_change=printed(after - before, 4, 2))  # fmt: skip
    then = group(number, 4, resident_population=printed(before, 4, 2))
    rates = {"birth_rate": births, "death_rate": deaths}
    mean = (before + after) / 2
    return [
        now.model_copy(update={"of": now.of | people}),
        then.model_copy(update={"of": then.of | people | {"time_period": "2021", "edition": f"b{number}",
                                                         "vintage_set_id": f"b{number}"}}),
        group(number, 0, **{name: printed(value / mean * 1000, 0, 2) for name, value in rates.items()}),
    ]  # fmt: skip


def contributions(number: int, chance: random.Random) -> list[FigureGroup]:
    """What the three sectors contribute to growth, and the growth."""
    points = [chance.uniform(-3, 6) for _ in range(3)]
    names = ("primary", "secondary", "tertiary")
    figures = {f"{n}_contribution_to_gdp_growth": printed(v, 0, 2) for n, v in zip(names, points, strict=True)}
    return [group(number, 0, gdp_real_growth=printed(sum(points), 0, 1), **figures)]


def gaps(number: int, chance: random.Random, province: float) -> list[FigureGroup]:
    """A growth and by how much it is above the province's."""
    own, decimals = chance.uniform(-5, 15), chance.choice([1, 2])
    return [
        group(number, 0, gdp_real_growth=printed(own, 0, decimals), gdp_real_growth_gap=printed(own - province, 0, 1))
    ]


def repeated(number: int, chance: random.Random) -> list[FigureGroup]:
    """One figure as two publishers print it, each in its own unit."""
    value = 10 ** chance.uniform(9, 12)
    first, other = (group(number, mult, gdp=printed(value, mult, decimals)) for mult, decimals in
                    chance.sample([(4, 0), (8, 2), (8, 1), (8, 0)], 2))  # fmt: skip
    vintage = {"vintage_set_id": f"w{number}", "table_id": f"u/{number}"}
    return [first, other.model_copy(update={"of": other.of | vintage})]


def revenue(number: int, chance: random.Random) -> list[FigureGroup]:
    """Budget revenue, and the taxes in it, up to all of it, printed more finely or more coarsely."""
    whole = 10 ** chance.uniform(8, 11)
    part = whole * chance.choice([1.0, chance.uniform(0.5, 1.0)])
    fine, coarse = chance.sample([2, 1], 2)
    return [group(number, 8, budget_revenue=printed(whole, 8, coarse), tax_revenue=printed(part, 8, fine))]


def failures(check: Check, groups: list[FigureGroup], tested: int, **rows: list[dict[str, object]]) -> int:
    """How many of the tables fail; every one of them must have been tested."""
    with connect("auditor") as connection:
        found, failed = perform_case(
            connection, check, Case(name="random", tested=0, failures=0, observations=groups, rows=rows)
        )
    assert found == tested
    return failed


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=strategies.integers(0, 2**32))
def test_rounded_accounts_raise_no_alarm(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - synthetic tables, not secrets
    groups = [g for number in range(1, TABLES + 1) for g in accounts(number, chance)]
    assert failures(CHECKS["A01"], groups, TABLES) == 0
    assert failures(CHECKS["A02"], groups, 4 * TABLES) == 0
    assert failures(CHECKS["A04"], groups, TABLES) == 0


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=strategies.integers(0, 2**32))
def test_rounded_incomes_and_growths_raise_no_alarm(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - synthetic tables, not secrets
    assert failures(CHECKS["A05"], [g for n in range(1, TABLES + 1) for g in incomes(n, chance)], TABLES) == 0
    nominal = [g for n in range(1, TABLES + 1) for g in growths(n, chance)]
    assert failures(CHECKS["G03"], nominal, TABLES) == 0


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=strategies.integers(0, 2**32))
def test_rounded_people_parts_and_repetitions_raise_no_alarm(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - synthetic tables, not secrets
    numbers = range(1, TABLES + 1)
    people = [g for n in numbers for g in residents(n, chance)]
    assert failures(CHECKS["A07"], people, 2 * TABLES) == 0
    assert failures(CHECKS["A09"], people, TABLES) == 0
    assert failures(CHECKS["A06"], [g for n in numbers for g in contributions(n, chance)], TABLES) == 0
    growth = chance.uniform(0, 8)
    province = group(330000, 0, gdp_real_growth=printed(growth, 0, 1))
    stated = [province, *(g for n in numbers for g in gaps(n, chance, growth))]
    assert failures(CHECKS["G05"], stated, TABLES) == 0
    assert failures(CHECKS["X01"], [g for n in numbers for g in repeated(n, chance)], TABLES) == 0
    taxes: list[dict[str, object]] = [{"part_code": "tax_revenue", "whole_code": "budget_revenue"}]
    assert failures(CHECKS["A03"], [g for n in numbers for g in revenue(n, chance)], TABLES, parts=taxes) == 0


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=strategies.integers(0, 2**32))
def test_rounded_areas_add_to_the_larger_area(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - synthetic tables, not secrets
    divisions: list[dict[str, object]] = []
    groups = []
    for number in range(10, 30):
        mult, decimals = chance.choice([(4, 0), (8, 2), (8, 1)])
        parts = [10 ** chance.uniform(9, 11) for _ in range(chance.randint(2, 12))]
        for part, value in enumerate([sum(parts), *parts]):
            code, level = f"{number}{part:02}00", "地级" if part else "省级"
            divisions.append(
                {"division_key": code, "division_code": code, "division_level": level, "valid_from_year": 1}
            )
            figure = group(number, mult, gdp=printed(value, mult, decimals))
            groups.append(figure.model_copy(update={"of": figure.of | {"division_code": code, "subject_name": code}}))
    rows = {"divisions": divisions, "indicators": [{"indicator_code": "gdp", "is_additive": "true"}]}
    assert failures(CHECKS["A08"], groups, 20, **rows) == 0
