"""The golden figures that are derived, found in the warehouse; and every derived value computed again from its formula.

The expected numbers were computed by hand from printed figures (domain rules §2, §8, §9).
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from decimal import Decimal, localcontext
from typing import Any, ClassVar

import pytest

from shanhai.warehouse.connection import connect
from tests.conftest import ReleasedWarehouse

ZHEJIANG, LISHUI, QUZHOU, YUNHE, CHANGSHAN = "330000", "331100", "330800", "331125", "330822"

# metric, area, period, estimate round, value as rounded by hand
GOLDEN = [
    ("gdp_discrete_quarter", ZHEJIANG, "2023-Q4", "PRELIM", "2337100000000"),
    ("gdp_nominal_growth", ZHEJIANG, "2024", "PRELIM", "5.27"),
    ("gdp_nominal_growth", YUNHE, "2022", "PRELIM", "-2.20"),
    ("gdp_nominal_growth", CHANGSHAN, "2022", "PRELIM", "5.65"),
    ("gdp_two_year_average_growth", YUNHE, "2022", "PRELIM", "2.52"),
    ("gdp_share_of_province", CHANGSHAN, "2022", "PRELIM", "0.258"),
    ("gdp_per_resident_relative", CHANGSHAN, "2022", "PRELIM", "0.646"),
    ("gdp_per_resident_relative", YUNHE, "2022", "PRELIM", "0.627"),
    ("gdp_real_growth_gap", YUNHE, "2022", "PRELIM", "-7.2"),
    ("gdp_per_average_resident", ZHEJIANG, "2022", "PRELIM", "118495"),
    ("gdp_per_average_resident", ZHEJIANG, "2023", "PRELIM", "125042"),
    ("gdp_per_average_resident", ZHEJIANG, "2024", "PRELIM", "135566"),
    ("gdp_per_average_resident", LISHUI, "2023", "PRELIM", "77906"),
    ("urban_rural_income_ratio", ZHEJIANG, "2020-Q3", "_Z", "1.864"),
    ("urban_rural_income_ratio", LISHUI, "2020-Q3", "_Z", "2.083"),
    ("urban_rural_income_ratio", QUZHOU, "2020-Q3", "_Z", "1.874"),
    ("urban_rural_income_ratio", ZHEJIANG, "2023-Q3", "PRELIM", "1.784"),
    ("urban_rural_income_ratio", ZHEJIANG, "2021", "PRELIM", "1.943"),
    ("disposable_income_relative", LISHUI, "2020-Q3", "_Z", "0.717"),
    ("disposable_income_relative", QUZHOU, "2020-Q3", "_Z", "0.722"),
    ("natural_population_change", ZHEJIANG, "2024", "PRELIM", "-24000"),
    ("net_migration", ZHEJIANG, "2024", "PRELIM", "454000"),
    ("tax_share_of_budget_revenue", LISHUI, "2023", "PRELIM", "74.5"),
    ("livelihood_share_of_budget_expenditure", LISHUI, "2023", "PRELIM", "78.9"),
]
_VALUE = """
select value, obs_status, accum from marts.fct_metrics
where metric_code = %s and division_code = %s and time_period = %s and estimate_round = %s
"""


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda golden: " ".join(golden[:3]))
def test_a_derived_golden_figure_is_in_the_warehouse_and_estimated(
    released_warehouse: ReleasedWarehouse, golden: tuple[str, str, str, str, str]
) -> None:
    *key, expected = golden
    with connect("reader") as connection:
        found = connection.execute(_VALUE, key).fetchall()
    assert len(found) == 1
    value, status, accum = found[0]
    assert round(value, -min(0, int(Decimal(expected).as_tuple().exponent))) == Decimal(expected)
    assert status == "E"
    assert (accum == "DISC") == (key[0] == "gdp_discrete_quarter")


def test_no_growth_of_zhejiang_mixes_two_rounds(released_warehouse: ReleasedWarehouse) -> None:
    """82,553 is no base of 90,131: the 9.18 % it would give, and the quarter of 26,438, stand nowhere (V01)."""
    with connect("reader") as connection:
        values = connection.execute(
            "select metric_code, value from marts.fct_metrics"
            " where division_code = %s and metric_code in ('gdp_nominal_growth', 'gdp_discrete_quarter')",
            (ZHEJIANG,),
        ).fetchall()
    assert values
    assert all(round(value, 2) != Decimal("9.18") and value != Decimal("2643800000000") for _, value in values)


def test_migration_births_and_deaths_add_to_the_change(released_warehouse: ReleasedWarehouse) -> None:
    """A09: +43 = -2.4 + 45.4 in 10,000 persons, in the mart that shows all three."""
    with connect("reader") as connection:
        rows = connection.execute(
            "select time_period, resident_population_change_persons, natural_population_change_persons,"
            " net_migration_persons from marts.mart_population"
            " where division_code = %s and net_migration_persons is not null order by time_period",
            (ZHEJIANG,),
        ).fetchall()
    assert ("2024", 430_000, -24_000, 454_000) in rows
    assert all(change == natural + migration for _, change, natural, migration in rows)


def test_birth_rates_of_the_province_are_per_average_resident(released_warehouse: ReleasedWarehouse) -> None:
    """A07: 41.2 over 6,558.5 is 6.28 per mille, as printed; over the year-end it would be 6.26."""
    with connect("reader") as connection:
        rows = connection.execute(
            """
            select births.time_period, births.value / (people.value - change.value / 2) * 1000, rate.value
            from marts.fct_observations as births
            inner join marts.fct_observations as people using (vintage_set_id, division_code, period_end)
            inner join marts.fct_observations as change using (vintage_set_id, division_code, period_end)
            inner join marts.fct_observations as rate using (vintage_set_id, division_code, period_end)
            where births.indicator_code = 'births' and people.indicator_code = 'resident_population'
                and change.indicator_code = 'resident_population_change' and rate.indicator_code = 'birth_rate'
                and division_code = %s
            """,
            (ZHEJIANG,),
        ).fetchall()
    assert {period for period, *_ in rows} >= {"2022", "2023", "2024"}
    assert all(round(computed, 2) == printed for _, computed, printed in rows)


def test_every_derived_value_is_its_formula_over_its_inputs(released_warehouse: ReleasedWarehouse) -> None:
    """The text of the formula is what the SQL does: computed again from the cited inputs, each value agrees."""
    with connect("reader") as connection:
        rows = connection.execute(
            "select metric_code, metrics.formula, inputs, value from marts.fct_metrics as metrics"
            " inner join marts.dim_metrics using (metric_code)"
            " where value is not null and operation not in ('published', 'programme')"
        ).fetchall()
    assert len({code for code, *_ in rows}) >= 18
    wrong = [
        (code, value, computed)
        for code, formula, inputs, value in rows
        if abs((computed := Formula(inputs).value(formula)) - value) > abs(value) * Decimal("1e-12")
    ]
    assert not wrong


def test_a_formula_that_says_another_thing_is_noticed() -> None:
    inputs = [{"role": "part", "value": 1}, {"role": "whole", "value": 4}]
    assert Formula(inputs).value("part / whole * 100") == 25
    assert Formula(inputs).value("whole / part") == 4
    with pytest.raises(KeyError):
        Formula(inputs).value("part / total")


class Formula:
    """Arithmetic over the roles of a metric's inputs; a role that several inputs play is a list."""

    OPERATORS: ClassVar[dict[type, Callable[[Any, Any], Any]]] = {
        ast.Add: operator.add,
        ast.Sub: operator.sub,
        ast.Mult: operator.mul,
        ast.Div: operator.truediv,
    }

    def __init__(self, inputs: list[dict[str, Any]]) -> None:
        self.roles: dict[str, list[Decimal]] = {}
        for entry in inputs:
            self.roles.setdefault(entry["role"], []).append(Decimal(str(entry["value"])))

    def value(self, formula: str) -> Decimal:
        """What the formula gives; KeyError for a role that no input plays."""
        with localcontext() as context:
            context.prec = 50
            return Decimal(self._of(ast.parse(formula, mode="eval").body))

    def _of(self, node: ast.expr) -> Any:
        match node:
            case ast.Constant(value=number):
                return Decimal(str(number))
            case ast.Name(id=role):
                values = self.roles[role]
                return values[0] if len(values) == 1 else values
            case ast.BinOp(left=left, op=sign, right=right):
                return self.OPERATORS[type(sign)](self._of(left), self._of(right))
            case ast.Call(func=ast.Name(id="count"), args=[ast.Compare(left=ast.Name(id=role), comparators=[bound])]):
                return sum(value > self._of(bound) for value in self.roles[role])
            case ast.Call(func=ast.Name(id="count"), args=[ast.Name(id=role)]):
                return len(self.roles.get(role, []))
            case ast.Call(func=ast.Name(id="sqrt"), args=[inner]):
                return self._of(inner).sqrt()
            case ast.Call(func=ast.Name(id="sum"), args=[ast.Name(id=role)]):
                return sum(self.roles[role])
            case ast.Call(func=ast.Name(id="max"), args=[ast.Name(id=role)]):
                return max(self.roles[role])
            case ast.Call(func=ast.Name(id="min"), args=[ast.Name(id=role)]):
                return min(self.roles[role])
        raise ValueError(f"{ast.dump(node)} is no part of a formula")
