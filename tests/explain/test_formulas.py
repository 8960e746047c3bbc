"""A metric is computed again from its formula and its inputs."""

from decimal import Decimal

import pytest

from shanhai.explain.formulas import FormulaError, evaluate


@pytest.mark.parametrize(("formula", "inputs", "value"), [
    ("published", {"value": ["7.5"]}, "7.5"),
    ("part / whole * 100", {"part": ["1653000000"], "whole": ["2352000000"]}, "70.28061224489795918367346939"),
    ("own - reference", {"own": ["7.5"], "reference": ["6.0"]}, "1.5"),
    ("change - (births - deaths)", {"change": ["370000"], "births": ["412000"], "deaths": ["409000"]}, "367000"),
    ("max(city) / min(city)", {"city": ["48735", "28778", "39102"]}, "1.693481131419834595871846550"),
    ("count(member > 800000000)", {"member": ["1320000000", "800000000"]}, "1"),
    ("sum(member)", {"member": ["0.1", "0.2"]}, "0.3"),
    ("(power(last / first, 1 / years) - 1) * 100", {"last": ["121"], "first": ["100"], "years": ["2"]}, "10"),
    # Yunhe's average growth of two years: 9.6 and -4.1 give 2.5 (domain §2.2).
    ("(sqrt((1 + previous / 100) * (1 + current / 100)) - 1) * 100", {"previous": ["9.6"], "current": ["-4.1"]},
     "2.521412397605994"),
    ("weighted_variation(member, weight)", {"member": ["1", "3"], "weight": ["1", "1"]}, "0.5"),
])  # fmt: skip
def test_a_formula_gives_its_value(formula: str, inputs: dict[str, list[str]], value: str) -> None:
    pairs = [(role, Decimal(each)) for role, values in inputs.items() for each in values]
    assert abs(evaluate(formula, pairs) - Decimal(value)) < Decimal("1e-12")


@pytest.mark.parametrize(
    "formula",
    ["part / nobody", "part + part.real", "__import__('os')", "sum(part, part)", "part if part else part", "published"],
)
def test_anything_else_is_no_formula(formula: str) -> None:
    with pytest.raises(FormulaError):
        evaluate(formula, [("part", Decimal(1)), ("part", Decimal(2))])
