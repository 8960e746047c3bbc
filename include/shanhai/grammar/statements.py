"""Phrases with figures in braces, as source documents write them, and where they stand in a text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from shanhai.documents.reference import Indicator, Unit
from shanhai.errors import CellError
from shanhai.grammar.figures import Figure
from shanhai.grammar.slots import Slot, print_of, slot_pattern
from shanhai.grammar.words import GAP

_TOKEN = re.compile(r"\{(?P<slot>[^{}]+)\}|(?P<any>…)|\[(?P<either>[^\[\]]*\|[^\[\]]*)\]|(?P<literal>.)", re.DOTALL)
# Characters that print the same thing; a phrase may use either.
_SAME = ("，,", "；;", "：:∶︰", "（(", "）)", "。.．", '“”"「」『』', "‘’'", "—–-－~～", "％%")
_CLASS_OF = {character: f"[{re.escape(group)}]" for group in _SAME for character in group}
# Between the figures of a ratio: 3.0:42.7:54.3 is also printed 3.0、42.7、54.3.
_RATIO_SIGNS = ":：∶︰"
_BETWEEN_RATIOS = f"[{_RATIO_SIGNS}、]"
# What stands between two members of a list and nothing else does (a Chinese comma between numbers: §2.7 step 6).
_LIST_SIGN = re.compile(f"{GAP}(?:[、，,]|以及|[和与與及或]){GAP}")
# How far around a figure the words that belong to it may stand.
_AROUND = 12


@dataclass(frozen=True)
class Found:
    """A figure found in a text: `text[start:end]` is what is printed."""

    indicator_code: str
    figure: Figure
    unit: Unit
    start: int
    end: int


class Phrase:
    """A phrase of a document, ready to be looked for."""

    def __init__(self, says: str, indicators: dict[str, Indicator], units: dict[str, Unit]) -> None:
        self.says = says
        self._slots: list[Slot] = []
        tokens = [token for token in _TOKEN.finditer(says) if not (token["literal"] or "x").isspace()]
        parts: list[str] = []
        for number, token in enumerate(tokens):
            if token["slot"]:
                self._slots.append(_slot(says, token["slot"], indicators, units))
                parts.append(f"(?P<slot{len(self._slots)}>{self._inner(self._slots[-1])})")
            elif token["any"]:
                parts.append(r"[^\n]*?")
            elif token["either"]:
                parts.append("(?:" + "|".join(_literal(choice) for choice in token["either"].split("|")) + ")")
            elif token["literal"] in _RATIO_SIGNS and _between_slots(tokens, number):
                parts.append(_BETWEEN_RATIOS)
            else:
                parts.append(_literal(token["literal"]))
        if not self._slots:
            raise CellError(f"the phrase {says!r} holds no figure")
        self._pattern = re.compile(GAP.join(part for part in parts if part))

    @staticmethod
    def _inner(slot: Slot) -> str:
        return _literal(slot.told_words) if slot.told_words else slot_pattern(slot)

    def find(self, text: str, start: int, end: int) -> list[Found] | None:
        """The figures where the phrase first stands between `start` and `end`; None where it does not."""
        match = self._pattern.search(text, start, end)
        return list(self._figures(text, match)) if match else None

    def _figures(self, text: str, match: re.Match[str]) -> Iterator[Found]:
        spans = [match.span(f"slot{number}") for number in range(1, len(self._slots) + 1)]
        prints = [
            print_of(slot, text[start:end], text[max(0, start - _AROUND) : start], text[end : end + _AROUND])
            for slot, (start, end) in zip(self._slots, spans, strict=True)
        ]
        for left in reversed(range(len(prints) - 1)):
            if self._are_listed(text, spans, left):
                prints[left] = prints[left].with_unit_of(prints[left + 1])
        for left in range(len(prints) - 1):
            if self._are_listed(text, spans, left):
                prints[left + 1] = prints[left + 1].with_lead_of(prints[left])
        for slot, each, (start, end) in zip(self._slots, prints, spans, strict=True):
            figure, unit = each.read()
            yield Found(slot.indicator.indicator_code, replace(figure, printed=text[start:end]), unit, start, end)

    def _are_listed(self, text: str, spans: list[tuple[int, int]], left: int) -> bool:
        """Whether a figure and the next are members of one list of the same measure."""
        one, other = self._slots[left], self._slots[left + 1]
        return (
            one.told_words is None
            and other.told_words is None
            and one.indicator.unit_measure == other.indicator.unit_measure
            and _LIST_SIGN.fullmatch(text, spans[left][1], spans[left + 1][0]) is not None
        )


def _slot(says: str, inside: str, indicators: dict[str, Indicator], units: dict[str, Unit]) -> Slot:
    code, _, told = inside.partition("=")
    if code not in indicators:
        raise CellError(f"the phrase {says!r} names the indicator {code!r}, which the register lacks")
    words, _, meaning = told.partition("|")
    return Slot(indicators[code], units, words or None, meaning or words or None)


def _between_slots(tokens: list[re.Match[str]], number: int) -> bool:
    around = tokens[number - 1 : number] + tokens[number + 1 : number + 2]
    return number > 0 and len(around) == 2 and all(token["slot"] for token in around)


def _literal(words: str) -> str:
    """Words as a pattern that allows white space and either form of punctuation."""
    return GAP.join(_CLASS_OF.get(c, re.escape(c)) for c in words if not c.isspace())
