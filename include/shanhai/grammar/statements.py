"""Phrases with figures in braces, as source documents write them, and where they stand in a text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from shanhai.documents.reference import Indicator, Unit
from shanhai.errors import CellError
from shanhai.grammar.figures import (
    FALLING,
    QUALIFIERS_AFTER,
    QUALIFIERS_BEFORE,
    QUALIFIERS_WITHIN,
    RISING,
    Figure,
    normalise,
    qualifier_of,
    read_number,
)

_TOKEN = re.compile(r"\{(?P<slot>[^{}]+)\}|(?P<any>…)|\[(?P<either>[^\[\]]*\|[^\[\]]*)\]|(?P<literal>.)", re.DOTALL)
# Characters that print the same thing; a phrase may use either.
_SAME = ("，,", "；;", "：:∶︰", "（(", "）)", "。.．", '“”"「」『』', "‘’'", "—–-－~～", "％%")
_CLASS_OF = {character: f"[{re.escape(group)}]" for group in _SAME for character in group}
_SPACE = r"[\s\u00a0\u3000]*"
_DIGITS = r"[-−]?\d[\d,，]*(?:[.·]\d+)?"
_SIGNED = frozenset({"GROWTH", "CHANGE", "GAP", "CONTRIBUTION"})
# Printed without a unit these measures still have one meaning; money and persons never do.
_UNITLESS = frozenset({"PT", "RATIO", "COUNT", "RANK", "TEXT", "YR"})


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
        self.says, self._units = says, units
        self._slots: list[tuple[Indicator, str | None]] = []
        parts: list[str] = []
        for token in _TOKEN.finditer(says):
            if token["slot"]:
                code, _, told = token["slot"].partition("=")
                if code not in indicators:
                    raise CellError(f"the phrase {says!r} names the indicator {code!r}, which the register lacks")
                words, bar, meaning = told.partition("|")
                self._slots.append((indicators[code], (meaning if bar else words) if told else None))
                inner = _literal(words) if told else _slot_pattern(indicators[code], units)
                parts.append(f"(?P<slot{len(self._slots)}>{inner})")
            elif token["any"]:
                parts.append(r"[^\n]*?")
            elif token["either"]:
                parts.append("(?:" + "|".join(_literal(choice) for choice in token["either"].split("|")) + ")")
            elif not token["literal"].isspace():
                parts.append(_literal(token["literal"]))
        if not self._slots:
            raise CellError(f"the phrase {says!r} holds no figure")
        self._pattern = re.compile(_SPACE.join(part for part in parts if part))

    def find(self, text: str, start: int, end: int) -> list[Found] | None:
        """The figures where the phrase first stands between `start` and `end`; None where it does not."""
        match = self._pattern.search(text, start, end)
        return list(self._figures(match)) if match else None

    def _figures(self, match: re.Match[str]) -> Iterator[Found]:
        for number, (indicator, told) in enumerate(self._slots, 1):
            printed, (start, end) = match[f"slot{number}"], match.span(f"slot{number}")
            yield Found(indicator.indicator_code, *self._read(printed, indicator, told), start, end)

    def _read(self, printed: str, indicator: Indicator, told: str | None) -> tuple[Figure, Unit]:
        if indicator.unit_measure == "TEXT":
            return Figure(printed, text=told or printed), Unit("", "TEXT", 0)
        unit = self._unit_in(printed, indicator)
        if told is not None:
            figure = replace(read_number(re.sub(r"^[<>~=]+", "", told)), qualifier=qualifier_of(printed))
        else:
            figure = _read_words(printed, indicator)
        return replace(figure, printed=printed), unit

    def _unit_in(self, printed: str, indicator: Indicator) -> Unit:
        """The longest unit of the indicator's measure in the printed words."""
        bare = re.sub(_SPACE, "", normalise(printed))
        for unit in _units_of(indicator.unit_measure, tuple(self._units.values())):
            if unit.unit_printed and normalise(unit.unit_printed) in bare:
                return unit
        if indicator.unit_measure in _UNITLESS and (indicator.measure not in _SIGNED or "持平" in printed):
            return Unit("", indicator.unit_measure, 0)
        raise CellError(f"{printed!r} prints no unit of {indicator.unit_measure} ({indicator.indicator_code})")


def _read_words(printed: str, indicator: Indicator) -> Figure:
    numbers = re.findall(_DIGITS, printed)
    if not numbers:  # 与上年持平
        return Figure(printed, value=read_number("0").value, decimals=0)
    figure = read_number(numbers[0])
    upper = read_number(numbers[1]).value if len(numbers) > 1 else None
    value = figure.value
    if indicator.measure in _SIGNED and value is not None and any(word in printed for word in FALLING):
        value = -value
    return replace(figure, value=value, upper=upper, qualifier=qualifier_of(printed))


def _slot_pattern(indicator: Indicator, units: dict[str, Unit]) -> str:
    own = _units_of(indicator.unit_measure, tuple(units.values()))
    unit = "|".join(_literal(unit.unit_printed) for unit in own if unit.unit_printed)
    direction = f"(?:(?:{'|'.join(RISING + FALLING)}){_SPACE})?" if indicator.measure in _SIGNED else ""
    number = (
        f"(?:(?:{'|'.join(QUALIFIERS_BEFORE)}){_SPACE})?{_DIGITS}"
        f"(?:{_SPACE}(?:至|-|—|～|~){_SPACE}{_DIGITS})?"
        f"(?:{_SPACE}(?:{'|'.join(QUALIFIERS_WITHIN)}))?"
        + (f"(?:{_SPACE}(?:{unit}))?" if unit else "")
        + f"(?:{_SPACE}(?:{'|'.join(QUALIFIERS_WITHIN + QUALIFIERS_AFTER)}))?"
    )
    return f"(?:{direction}{number}" + ("|(?:与上年)?持平)" if direction else ")")


@cache
def _units_of(unit_measure: str, units: tuple[Unit, ...]) -> list[Unit]:
    own = [unit for unit in units if unit.unit_measure == unit_measure]
    return sorted(own, key=lambda unit: len(unit.unit_printed), reverse=True)


def _literal(words: str) -> str:
    """Words as a pattern that allows white space and either form of punctuation."""
    return _SPACE.join(_CLASS_OF.get(c, re.escape(c)) for c in words if not c.isspace())
