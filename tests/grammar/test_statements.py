"""Phrases with figures: found where they stand, with direction, qualifier, unit and range."""

from decimal import Decimal

import pytest

from shanhai.documents.reference import Indicator, Unit
from shanhai.errors import CellError
from shanhai.grammar.statements import Found, Phrase

INDICATORS = {
    code: Indicator(code, code, code, unit, measure, "YTD")
    for code, unit, measure in [
        ("gdp", "CNY", "LEVEL"),
        ("gdp_real_growth", "PT", "GROWTH"),
        ("share", "PT", "SHARE"),
        ("firms", "COUNT", "LEVEL"),
        ("years", "YR", "LEVEL"),
        ("result", "TEXT", "TEXT"),
    ]
}
UNITS = {
    printed: Unit(printed, measure, mult)
    for printed, measure, mult in [
        ("亿元", "CNY", 8), ("万元", "CNY", 4), ("元", "CNY", 0), ("%", "PT", 0), ("家", "COUNT", 0), ("年", "YR", 0),
    ]
}  # fmt: skip


def find(says: str, text: str) -> list[Found]:
    found = Phrase(says, INDICATORS, UNITS).find(text, 0, len(text))
    assert found is not None, f"{says} is not in {text}"
    for each in found:
        assert text[each.start : each.end] == each.figure.printed
    return found


@pytest.mark.parametrize(
    ("text", "value", "qualifier", "mult"),
    [
        ("生产总值951435万元", "951435", "EXACT", 4),
        ("生产总值82,553亿元", "82553", "EXACT", 8),
        ("生产总值超80亿元", "80", "GT", 8),
        ("生产总值360余亿元", "360", "GE", 8),
        ("生产总值近1000亿元", "1000", "LT", 8),
        ("生产总值 700多万元", "700", "GE", 4),
        ("生产总值15亿元左右", "15", "APPROX", 8),
        ("生产总值1·8亿元", "1.8", "EXACT", 8),
    ],
)
def test_money_has_its_qualifier_and_its_unit(text: str, value: str, qualifier: str, mult: int) -> None:
    (found,) = find("生产总值{gdp}", text)
    assert found.figure.value == Decimal(value)
    assert (found.figure.qualifier, found.unit.unit_mult) == (qualifier, mult)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("比上年增长4.1%", "4.1"),
        ("比上年下降4.1%", "-4.1"),
        ("比上年 减少 0.6 ％", "-0.6"),
        ("比上年持平", "0"),
        ("比上年-0.86%", "-0.86"),
    ],
)
def test_the_word_of_direction_carries_the_sign(text: str, value: str) -> None:
    (found,) = find("比上年{gdp_real_growth}", text)
    assert found.figure.value == Decimal(value)


def test_shares_are_printed_with_either_colon() -> None:
    found = find("结构为{share}:{share}：{share}", "结构为4.6∶45.2∶50.2。")
    assert [f.figure.value for f in found] == [Decimal("4.6"), Decimal("45.2"), Decimal("50.2")]


def test_white_space_and_punctuation_do_not_matter() -> None:
    (found,) = find("其中，{firms}实施", "其中10 家\n实施".replace("其中", "其中,"))
    assert found.figure.value == 10


def test_a_range_has_two_ends() -> None:
    (found,) = find("在未来{years}内", "在未来5至10年内")
    assert (found.figure.value, found.figure.upper) == (5, 10)


def test_words_may_carry_a_number_or_a_text() -> None:
    (years,) = find("{years=三十余年|30}白茶", "三十余年白茶")
    assert (years.figure.value, years.figure.qualifier, years.unit.unit_printed) == (30, "GE", "年")
    (result,) = find("评价{result=全部及格}", "评价全部及格。")
    assert result.figure.text == "全部及格"


def test_alternatives_and_gaps_stay_in_their_paragraph() -> None:
    assert find("[全县|全市]…生产总值{gdp}", "全市实现生产总值1亿元")
    assert Phrase("全县…生产总值{gdp}", INDICATORS, UNITS).find("全县甲\n乙生产总值1亿元", 0, 14) is None


@pytest.mark.parametrize("text", ["生产总值80", "生产总值80%"])
def test_money_without_a_unit_is_refused(text: str) -> None:
    with pytest.raises(CellError, match="unit"):
        Phrase("生产总值{gdp}", INDICATORS, UNITS).find(text, 0, len(text))


def test_growth_by_a_multiple_is_not_read_as_per_cent() -> None:
    with pytest.raises(CellError, match="unit"):
        Phrase("比上年{gdp_real_growth}", INDICATORS, UNITS).find("比上年增长1.2倍", 0, 9)


def test_an_unknown_indicator_is_named() -> None:
    with pytest.raises(CellError, match="nonsense"):
        Phrase("生产总值{nonsense}", INDICATORS, UNITS)
