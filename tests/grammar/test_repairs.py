"""Damaged texts are refused, or repaired as declared with every character traced to the publication."""

import pytest

from shanhai import settings
from shanhai.errors import CellError
from shanhai.grammar.characters import forms, simplified
from shanhai.grammar.repairs import refuse_damage, repair_text

BOTH = ["strip_pinyin", "traditional_to_simplified"]
REPRINT = "主導產(chǎn)業(yè)營業(yè)收入占比超過70%,億(yì)元"


def test_a_reprint_with_pinyin_reads_and_leads_back_to_its_characters() -> None:
    repaired = repair_text(REPRINT, BOTH)
    assert repaired.text == "主导产业营业收入占比超过70%,亿元"
    start = repaired.text.index("超过")
    first, last = repaired.printed_span(start, start + 5)
    assert REPRINT[first:last] == "超過70%"
    start = repaired.text.index("亿元")
    first, last = repaired.printed_span(start, start + 2)
    assert REPRINT[first:last] == "億(yì)元"


def test_a_sound_text_is_left_as_it_is() -> None:
    sound = "生产总值(GDP)951435万元(现价),面积(km)12(下同)。"
    assert repair_text(sound, []).text == sound
    assert repair_text(sound, []).printed_span(3, 5) == (3, 5)


@pytest.mark.parametrize("text", ["製造強省戰(zhàn)略", "创新功能（yōu）", "园區(qū)"])
def test_injected_pinyin_is_refused_unless_its_removal_is_declared(text: str) -> None:
    with pytest.raises(CellError, match="pinyin"):
        repair_text(text, [])


@pytest.mark.parametrize("text", ["?藏熑螁挝唬菏", "锟斤拷", "烫烫烫", "生产总值\ufffd亿元"])
def test_broken_bytes_are_refused_whatever_is_declared(text: str) -> None:
    with pytest.raises(CellError, match="decoded from the wrong place"):
        repair_text(text, BOTH)


def test_pinyin_that_its_repair_leaves_is_refused() -> None:
    with pytest.raises(CellError, match="pinyin"):
        repair_text("园區（qū）", ["strip_pinyin"])


def test_the_reprinted_plan_is_refused_undeclared_and_whole_once_repaired() -> None:
    plan = (settings.PUBLISHED / "sichuan_government" / "key_park_action_plan_2021.txt").read_text("utf-8")
    with pytest.raises(CellError):
        refuse_damage(plan)
    repaired = repair_text(plan, BOTH)
    repaired.text.replace("—", "").replace("·", "").encode("gb2312")  # no traditional character is left
    assert "每个特色园区的主导产业营业收入占比超过70%" in repaired.text


def test_characters_are_printed_in_either_form() -> None:
    assert simplified("超過100個左右") == "超过100个左右"
    assert forms("个") == "个個"
    assert forms("元") == "元"
