"""Damaged texts: what refuses them, and the declared repairs, with the way back to the printed characters."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from shanhai.carriers.decoding import BROKEN
from shanhai.errors import CellError
from shanhai.grammar.characters import simplified

_TONES = "āáǎàōóǒòēéěèīíǐìūúǔùǖǘǚǜ"
# Readings put in brackets behind characters by a converter of web pages: 戰(zhàn)略 (domain rules §1.3).
_PINYIN = re.compile(rf"(?<=[\u4e00-\u9fff])\([a-z{_TONES}ü]+\)")
_INJECTED = re.compile(rf"[\u4e00-\u9fff][(（][a-zü]*[{_TONES}][a-z{_TONES}ü]*[)）]")


@dataclass(frozen=True)
class RepairedText:
    """A text as it is read; character i of `text` is character `offsets[i]` of the publication."""

    text: str
    offsets: range | list[int]

    def printed_span(self, start: int, end: int) -> tuple[int, int]:
        """Where the publication prints `text[start:end]`, which is not empty."""
        return self.offsets[start], self.offsets[end - 1] + 1


def repair_text(printed: str, steps: Iterable[str]) -> RepairedText:
    """The text after the declared steps; raises CellError when damage is left that no step repairs."""
    repaired = RepairedText(printed, range(len(printed)))
    for step in steps:
        repaired = _STEPS[step](repaired)
    refuse_damage(repaired.text)
    return repaired


def refuse_damage(text: str) -> None:
    """Raises CellError when the text shows broken bytes or injected pinyin."""
    if broken := BROKEN.search(text):
        raise CellError(f"holds {broken[0]!r} at character {broken.start()}: bytes decoded from the wrong place")
    if injected := _INJECTED.search(text):
        raise CellError(
            f"holds {injected[0]!r} at character {injected.start()}: pinyin put into the text; "
            "declare `repair: [strip_pinyin]` if the rest is sound"
        )


def _strip_pinyin(given: RepairedText) -> RepairedText:
    kept: list[int] = []
    end = 0
    for injected in _PINYIN.finditer(given.text):
        kept += range(end, injected.start())
        end = injected.end()
    kept += range(end, len(given.text))
    return RepairedText("".join(given.text[i] for i in kept), [given.offsets[i] for i in kept])


def _simplify(given: RepairedText) -> RepairedText:
    return RepairedText(simplified(given.text), given.offsets)


_STEPS = {"strip_pinyin": _strip_pinyin, "traditional_to_simplified": _simplify}
