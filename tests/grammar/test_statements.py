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
        ("contribution", "PP", "CONTRIBUTION"),
        ("rate_change", "PMP", "CHANGE"),
        ("people_change", "PS", "CHANGE"),
        ("people", "PS", "LEVEL"),
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
        ("个百分点", "PP", 0), ("个千分点", "PMP", 0), ("人", "PS", 0), ("万人", "PS", 4), ("个", "COUNT", 0),
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


def values(says: str, text: str) -> list[Decimal | None]:
    return [found.figure.value for found in find(says, text)]


THREE = "{gdp}、{gdp}和{gdp}"
GROWTHS = "{gdp_real_growth}、{gdp_real_growth}和{gdp_real_growth}"


def test_a_list_prints_its_unit_once() -> None:
    found = find(f"分别为{THREE}", "增加值分别为2332、33953和46268亿元，")
    assert [f.figure.printed for f in found] == ["2332", "33953", "46268亿元"]
    assert [(f.figure.value, f.unit.unit_printed, f.unit.unit_mult) for f in found] == [
        (2332, "亿元", 8),
        (33953, "亿元", 8),
        (46268, "亿元", 8),
    ]


@pytest.mark.parametrize(
    "text", ["2332，33953及46268亿元", "2,332、33,953 和 46,268亿元", "2332[1]、33953与46268[2]亿元"]
)
def test_a_list_is_printed_in_several_ways(text: str) -> None:
    says = "分别为{gdp}[、|，]{gdp}[和|及|与]{gdp}"
    assert values(says, f"分别为{text}") == [2332, 33953, 46268]


def test_members_with_units_of_their_own_keep_them() -> None:
    found = find(f"分别为{THREE}", "分别为2332万元、3.4和46268亿元")
    assert [f.unit.unit_mult for f in found] == [4, 8, 8]


def test_points_are_listed_with_signs_of_their_own() -> None:
    says = "贡献分别为{contribution}、{contribution}、{contribution}"
    assert values(says, "贡献分别为0.15、-5.64、1.34个百分点") == [Decimal("0.15"), Decimal("-5.64"), Decimal("1.34")]


@pytest.mark.parametrize(
    ("says", "text"),
    [
        ("全县{gdp}，其中工业{gdp}", "全县80，其中工业90亿元"),
        ("全县{gdp}，{gdp_real_growth}", "全县80，增长5.0%"),
        ("分别为{gdp}、{people}", "分别为80、90人"),
        (f"分别为{THREE}", "分别为2332、33953和46268"),
        (f"分别为{THREE}", "分别为2332亿元、33953和46268"),
    ],
)
def test_only_a_later_member_of_the_same_list_gives_its_unit(says: str, text: str) -> None:
    with pytest.raises(CellError, match="unit"):
        Phrase(says, INDICATORS, UNITS).find(text, 0, len(text))


@pytest.mark.parametrize(
    ("says", "expected"),
    [
        ("分别为{gdp}", "several numbers"),
        ("分别{gdp_real_growth}", "several numbers"),
        ("长4.2%{share}", "several numbers"),
        ("户{share}", "several numbers"),
        ("人{firms}", "is a rate"),
    ],
)
def test_numbers_run_together_are_refused(says: str, expected: str) -> None:
    text = "分别为23323395346268亿元，分别增长4.2%5.0%6.7%，户4.2.5，人6.7%"
    with pytest.raises(CellError, match=expected):
        Phrase(says, INDICATORS, UNITS).find(text, 0, len(text))


def test_a_number_is_never_cut_in_two() -> None:
    text = "分别为23323395346268亿元，分别增长4.2%5.0%6.7%"
    for says in (f"分别为{THREE}", "{gdp}{gdp}亿元", f"分别{GROWTHS}", "分别为2{gdp}", "增长4.{share}"):
        assert Phrase(says, INDICATORS, UNITS).find(text, 0, len(text)) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("分别增长4.2%、5.0%和6.7%", ["4.2", "5.0", "6.7"]),
        ("分别下降4.2%、5.0%和6.7%", ["-4.2", "-5.0", "-6.7"]),
        ("分别下降4.2、5.0和6.7%", ["-4.2", "-5.0", "-6.7"]),
        ("分别下降4.2%、增长5.0%和6.7%", ["-4.2", "5.0", "6.7"]),
        ("分别增长4.2%、下降5.0%和6.7%", ["4.2", "-5.0", "-6.7"]),
        ("分别增长4.2%、-5.0%和6.7%", ["4.2", "-5.0", "6.7"]),
        ("分别下降4.2%、持平和增长6.7%", ["-4.2", "0", "6.7"]),
        ("分别減少4.2%、5.0%和6.7%", ["-4.2", "-5.0", "-6.7"]),
    ],
)
def test_the_word_of_direction_holds_until_another(text: str, expected: list[str]) -> None:
    assert values(f"分别{GROWTHS}", text) == [Decimal(value) for value in expected]


def test_after_no_change_a_member_of_a_list_says_its_direction() -> None:
    with pytest.raises(CellError, match="持平"):
        values(f"分别{GROWTHS}", "分别下降4.2%、持平和6.7%")


def test_the_word_of_direction_may_stand_in_the_phrase() -> None:
    assert values("比上年下降{gdp_real_growth}", "比上年下降4.1%") == [Decimal("-4.1")]
    assert values(f"分别下降{GROWTHS}", "分别下降4.2%、5.0%和6.7%") == [
        Decimal("-4.2"),
        Decimal("-5.0"),
        Decimal("-6.7"),
    ]
    assert values("增速回落到{gdp_real_growth}", "增速回落到4.1%") == [Decimal("4.1")]
    assert values("最低{contribution}", "最低4.1个百分点") == [Decimal("4.1")]


def test_one_fall_is_not_the_next_figures() -> None:
    text = "出口下降2.0%，进口3.0%"
    assert values("出口{gdp_real_growth}，进口{gdp_real_growth}", text) == [Decimal("-2.0"), Decimal("3.0")]


@pytest.mark.parametrize("text", ["比上年下降-4.1%", "比上年由负转正，下降2.3%", "比上年由正转负，增长2.3%"])
def test_two_signs_that_contradict_each_other_are_refused(text: str) -> None:
    with pytest.raises(CellError):
        Phrase("比上年{gdp_real_growth}", INDICATORS, UNITS).find(text, 0, len(text))


@pytest.mark.parametrize(
    ("text", "value", "comment"),
    [
        ("比上年由负转正，增长2.3%", "2.3", "turned from negative to positive"),
        ("比上年由负转正为2.3%", "2.3", "turned from negative to positive"),
        ("比上年由正转负，下降2.3%", "-2.3", "turned from positive to negative"),
        ("比上年由正转负至-2.3%", "-2.3", "turned from positive to negative"),
    ],
)
def test_a_turn_is_kept_with_its_sign(text: str, value: str, comment: str) -> None:
    (found,) = find("比上年{gdp_real_growth}", text)
    assert (found.figure.value, found.figure.comment) == (Decimal(value), comment)


@pytest.mark.parametrize(
    ("code", "text", "value", "qualifier"),
    [
        ("gdp_real_growth", "持平", 0, "EXACT"),
        ("gdp_real_growth", "与去年同期持平", 0, "EXACT"),
        ("gdp_real_growth", "与上年基本持平", 0, "APPROX"),
        ("people_change", "持平", 0, "EXACT"),
        ("rate_change", "下降3.18个千分点", "-3.18", "EXACT"),
        ("people_change", "减少0.3万人", "-0.3", "EXACT"),
    ],
)
def test_changes_have_measures_of_their_own(code: str, text: str, value: str, qualifier: str) -> None:
    (found,) = find(f"同比{{{code}}}", f"同比{text}")
    assert (found.figure.value, found.figure.qualifier) == (Decimal(value), qualifier)


def test_points_of_a_hundred_are_not_points_of_a_thousand() -> None:
    text = "比上年下降3.18个千分点"
    with pytest.raises(CellError, match="PP"):
        Phrase("比上年{contribution}", INDICATORS, UNITS).find(text, 0, len(text))


@pytest.mark.parametrize(
    ("text", "value", "qualifier"),
    [
        ("增长1.2倍", "120", "EXACT"),
        ("增长了1.2倍", "120", "EXACT"),
        ("增长1.2倍以上", "120", "GE"),
        ("增长近2倍", "200", "LT"),
        ("增加3倍多", "300", "GE"),
        ("增长到1.2倍", "20", "EXACT"),
        ("增长到上年的1.2倍", "20", "EXACT"),
        ("增至1.2倍", "20", "EXACT"),
        ("是上年的1.2倍", "20", "EXACT"),
        ("为上年同期的0.9倍", "-10", "EXACT"),
        ("达到去年的约3倍", "200", "APPROX"),
        ("翻一番", "100", "EXACT"),
        ("翻了两番", "300", "EXACT"),
    ],
)
def test_growth_by_and_to_a_multiple(text: str, value: str, qualifier: str) -> None:
    (found,) = find("出口{gdp_real_growth}", f"出口{text}")
    assert (found.figure.value, found.figure.qualifier) == (Decimal(value), qualifier)
    assert found.unit.unit_measure == "PT"
    assert found.figure.comment


def test_a_multiple_may_follow_a_word_of_the_phrase() -> None:
    assert values("是上年的{gdp_real_growth}", "是上年的1.2倍") == [20]
    assert values("同比增长{gdp_real_growth}", "同比增长1.2倍") == [120]
    assert values(f"分别{GROWTHS}", "分别增长1.2、1.5和2倍") == [120, 150, 200]


@pytest.mark.parametrize(
    ("says", "text"),
    [
        ("比上年{gdp_real_growth}", "比上年1.2倍"),
        ("比上年{gdp_real_growth}", "比上年下降1.2倍"),
        ("比上年{contribution}", "比上年增长1.2倍"),
    ],
)
def test_a_multiple_that_says_neither_by_nor_to_is_refused(says: str, text: str) -> None:
    with pytest.raises(CellError):
        Phrase(says, INDICATORS, UNITS).find(text, 0, len(text))


@pytest.mark.parametrize("sign", [":", "：", "∶", "︰", "、"])
def test_a_ratio_is_printed_with_any_of_its_signs(sign: str) -> None:
    text = f"结构为3.0{sign}42.7{sign}54.3。"
    assert values("结构为{share}:{share}:{share}", text) == [Decimal("3.0"), Decimal("42.7"), Decimal("54.3")]


def test_only_between_figures_is_a_colon_a_mark_of_enumeration() -> None:
    assert Phrase("结构:{share}", INDICATORS, UNITS).find("结构、3.0", 0, 6) is None


@pytest.mark.parametrize(
    ("code", "text", "value", "unit", "qualifier"),
    [
        ("people", "1万余人", "1", "万人", "GE"),
        ("people", "3万多人", "3", "万人", "GE"),
        ("people", "30餘萬人", "30", "万人", "GE"),
        ("gdp", "3万余元", "3", "万元", "GE"),
        ("gdp", "3亿多元", "3", "亿元", "GE"),
        ("gdp", "360余亿元", "360", "亿元", "GE"),
        ("gdp", "超過80億元", "80", "亿元", "GT"),
        ("firms", "100個左右", "100", "个", "APPROX"),
        ("firms", "約100個", "100", "个", "APPROX"),
    ],
)
def test_a_bound_may_stand_inside_a_unit(code: str, text: str, value: str, unit: str, qualifier: str) -> None:
    (found,) = find(f"共{{{code}}}", f"共{text}。")
    assert (found.figure.value, found.unit.unit_printed, found.figure.qualifier) == (Decimal(value), unit, qualifier)


@pytest.mark.parametrize("text", ["共3万家企业", "共3万多家企业", "共3余万家企业", "共3 千家企业", "共3[1]萬家企业"])
def test_a_multiplier_without_a_known_unit_is_never_dropped(text: str) -> None:
    with pytest.raises(CellError, match="3万 of something"):
        Phrase("共{firms}", INDICATORS, UNITS).find(text, 0, len(text))


def test_a_word_of_number_is_no_figure() -> None:
    assert Phrase("共{firms}", INDICATORS, UNITS).find("共数万家企业", 0, 6) is None


def test_a_phrase_may_hold_the_unit_itself() -> None:
    assert values("占{share}%，共{firms}家", "占7.5%，共30家") == [Decimal("7.5"), 30]


def test_a_range_with_a_hyphen_is_not_negative() -> None:
    (found,) = find("在未来{years}内", "在未来5-10年内")
    assert (found.figure.value, found.figure.upper) == (5, 10)


def test_a_fall_within_a_range_keeps_the_lower_end_first() -> None:
    (found,) = find("比上年{gdp_real_growth}", "比上年下降3至5%")
    assert (found.figure.value, found.figure.upper) == (-5, -3)


@pytest.mark.parametrize(
    ("says", "text"),
    [
        ("共{firms}", "共14个百分点"),
        ("共{firms}", "共14人"),
        ("生产总值{gdp}", "生产总值15万元/亩"),
        ("共{people}", "共3.5万余人次"),
    ],
)
def test_a_unit_of_another_measure_is_not_broken_off(says: str, text: str) -> None:
    units = UNITS | {printed: Unit(printed, printed, 4) for printed in ("万元/亩", "万人次")}
    with pytest.raises(CellError, match="which is no unit of"):
        Phrase(says, INDICATORS, units).find(text, 0, len(text))


def test_a_document_may_tell_a_unit_that_no_word_prints() -> None:
    (found,) = find("打造{gdp=百亿级|100亿元}产业", "打造百亿级产业")
    assert (found.figure.value, found.unit.unit_mult, found.figure.printed) == (100, 8, "百亿级")
    with pytest.raises(CellError, match="unit"):
        find("打造{gdp=百亿级|100}产业", "打造百亿级产业")
    with pytest.raises(CellError, match="not a number with a unit"):
        find("打造{gdp=百亿级|100亿元多}产业", "打造百亿级产业")


def test_an_unknown_indicator_is_named() -> None:
    with pytest.raises(CellError, match="nonsense"):
        Phrase("生产总值{nonsense}", INDICATORS, UNITS)
