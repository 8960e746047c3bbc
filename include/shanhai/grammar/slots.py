"""The place of one figure in a phrase: what may be printed there, and what it says."""

import re
from dataclasses import dataclass, replace
from functools import cache

from shanhai.documents.reference import Indicator, Unit
from shanhai.errors import CellError
from shanhai.grammar.characters import simplified
from shanhai.grammar.figures import FOOTNOTE, SIGNED, Figure, normalise, read_number
from shanhai.grammar.multiples import DOUBLED, DOUBLINGS, REACHED, TIMES, as_growth, multiple_unit, read_doubling
from shanhai.grammar.words import (
    FALLING,
    GAP,
    QUALIFIERS_AFTER,
    QUALIFIERS_BEFORE,
    QUALIFIERS_WITHIN,
    RISING,
    SPACE,
    TURNED_DOWN,
    TURNED_UP,
    any_of,
    qualifier_of,
    spelt,
)

_DIGIT = "[0-9０-９]"
# A whole number, never cut in two; with a second decimal point it matches, so that it is refused and not passed by.
_NUMBER = rf"(?<!{_DIGIT})(?<!{_DIGIT}[.·．])[-−－]?{_DIGIT}(?:[0-9０-９,，]*{_DIGIT})?(?:[.·．]{_DIGIT}+)*(?!{_DIGIT})"
_AS_BEFORE = ("与上年", "与去年", "与上年同期", "与去年同期")
_MULTIPLIER_FOLLOWS = re.compile("[余多]?[十百千万亿兆]")
_TOLD = re.compile("[<>~=]*(-?[0-9.]+)([^0-9.]*)")
_GLUED_FOLLOWS = re.compile("[%‰]?[0-9]")
# 余 and 多 may stand between the multiplier and the unit: 1万余人 is 1余 of 万人.
_MULTIPLIED = re.compile("([千万亿]+)(.+)")
_WITHIN_UNIT = re.compile("(?<=[十百千万亿])[余多](?=.)")
# Printed without a unit these measures still have one meaning; money and persons never do.
_UNITLESS = frozenset({"PT", "RATIO", "COUNT", "RANK", "TEXT", "YR"})
_BOUNDS = re.compile(f"(?:{any_of(QUALIFIERS_BEFORE)})+$")
_TURN = f"(?P<turn>{TURNED_UP}|{TURNED_DOWN})[,:]?[为至到]?"
_RISE, _FALL = "|".join(RISING), "|".join(FALLING)
# 回落到5.0% is no fall of 5.0: a falling word counts only directly before its number.
_DIRECTED = re.compile(rf"(?:{_TURN})?(?:(?<!最)(?:(?P<fall>{_FALL})了?|(?:{_RISE})了?[到至]?))?$")
_TURNS = {TURNED_UP: (1, "turned from negative to positive"), TURNED_DOWN: (-1, "turned from positive to negative")}


@dataclass(frozen=True)
class Slot:
    """A figure of a phrase; `told_words` are matched as they are and mean `told`."""

    indicator: Indicator
    units: dict[str, Unit]
    told_words: str | None = None
    told: str | None = None

    @property
    def is_signed(self) -> bool:
        """Whether words of direction carry the sign of the figure."""
        return self.indicator.measure in SIGNED

    @property
    def takes_multiples(self) -> bool:
        """Whether 倍 and 番 can be read: as growth in per cent."""
        return self.indicator.measure == "GROWTH" and self.indicator.unit_measure == "PT"

    def unit_in(self, words: str) -> Unit | None:
        """The longest unit of the indicator's measure in simplified words."""
        if self.takes_multiples and (multiple := multiple_unit(words)):
            return multiple
        bare = _WITHIN_UNIT.sub("", words)
        own = _units_of(self.indicator.unit_measure, tuple(self.units.values()))
        return next((unit for unit in own if unit.unit_printed and normalise(unit.unit_printed) in bare), None)


@dataclass(frozen=True)
class Print:
    """What is printed for a slot, in plain simplified words; `lead` is what stands before its number."""

    slot: Slot
    words: str
    lead: str
    unit: Unit | None

    def with_unit_of(self, following: "Print") -> "Print":
        """A list prints its unit once, at its end."""
        return self if self.unit else replace(self, unit=following.unit)

    def with_lead_of(self, preceding: "Print") -> "Print":
        """A list prints its word of direction once, at its beginning."""
        if not self.slot.is_signed or _direction(self.lead) or "持平" in self.words:
            return self
        if "持平" in preceding.words and not self.words.startswith("-"):
            raise CellError(f"{self.words!r} follows 持平 in a list without a word of direction of its own")
        return replace(self, lead=preceding.lead)

    def read(self) -> tuple[Figure, Unit]:
        """The figure with its unit; raises CellError when the words do not say both."""
        measure = self.slot.indicator.unit_measure
        if measure == "TEXT":
            return Figure(self.words, text=self.slot.told or self.words), Unit("", "TEXT", 0)
        if self.slot.told is not None:
            return self._told(self.slot.told)
        if "持平" in self.words:
            zero = replace(read_number("0"), qualifier=qualifier_of(self.words))
            return zero, self.unit or Unit("", measure, 0)
        if self.unit == DOUBLINGS:
            return replace(read_doubling(self.words), qualifier=qualifier_of(self.words)), DOUBLINGS
        unit = self.unit or self._no_unit()
        numbers = [read_number(number) for number in re.findall(_NUMBER, self.words)]
        figure = replace(numbers[0], qualifier=qualifier_of(self.words), printed=self.words)
        if len(numbers) > 1:
            figure = replace(figure, upper=numbers[1].value)
        if unit == TIMES:
            return as_growth(figure, self.lead), unit
        return (self._directed(figure) if self.slot.is_signed else figure), unit

    def _told(self, told: str) -> tuple[Figure, Unit]:
        """A number that the document tells, with a unit where the printed words hold none."""
        match = _TOLD.fullmatch(told)
        if not match:
            raise CellError(f"{told!r} is not a number, with or without a unit")
        figure, unit = read_number(match[1]), self.slot.unit_in(told) or self.unit or self._no_unit()
        if match[2] not in ("", unit.unit_printed):
            raise CellError(f"{told!r} is not a number with a unit of {unit.unit_measure}")
        return replace(figure, qualifier=qualifier_of(self.words)), unit

    def _no_unit(self) -> Unit:
        indicator = self.slot.indicator
        if indicator.unit_measure in _UNITLESS and not self.slot.is_signed:
            return Unit("", indicator.unit_measure, 0)
        raise CellError(f"{self.words!r} prints no unit of {indicator.unit_measure} ({indicator.indicator_code})")

    def _directed(self, figure: Figure) -> Figure:
        """The figure with the sign that the word of direction gives it."""
        value, upper = figure.value, figure.upper
        said = _direction(self.lead)
        if value is None:
            return figure
        if said.get("fall"):
            if value < 0:
                raise CellError(f"{self.words!r} falls by a negative number: one of the two signs is wrong")
            value, upper = (-value, None) if upper is None else (-upper, -value)
        if turn := said.get("turn"):
            sign, comment = _TURNS[turn]
            if value * sign <= 0:
                raise CellError(f"{self.words!r} is {value}, and {turn} says otherwise")
            figure = replace(figure, comment=comment)
        return replace(figure, value=value, upper=upper)


def _direction(lead: str) -> dict[str, str | None]:
    """The words of direction at the end of what stands before a number; empty where there are none."""
    match = _DIRECTED.search(lead)
    return match.groupdict() if match and match[0] else {}


def print_of(slot: Slot, printed: str, before: str, after: str) -> Print:
    """What is printed for a slot, before and after it; raises CellError where the slot cuts a figure off."""
    words = plain(printed)
    head = re.match("[^0-9]*?(?=-?[0-9]|$)", words)
    lead = _BOUNDS.sub("", plain(before) + (head[0] if head else ""))
    found = Print(slot, words, lead, slot.unit_in(words))
    if slot.told_words is None:
        _refuse_cut(found, plain(before), plain(after))
    return found


def _refuse_cut(found: Print, before: str, after: str) -> None:
    """Raises CellError when a multiplier, a sign of per cent or a glued number stands beside what a slot matched."""
    words = found.words
    if found.unit is None and _MULTIPLIER_FOLLOWS.match(after):
        raise CellError(f"{words!r} is printed before {after!r}: 3万 of something is not 3, and no unit here says what")
    if found.unit is None and after[:1] in ("%", "‰") and found.slot.unit_in(after[:1]) is None:
        raise CellError(f"{words!r} is a rate ({after[:1]}), and the unit of the figure is none")
    if other := _other_unit(found, after):
        raise CellError(f"{words!r} is printed in {other}, which is no unit of {found.slot.indicator.unit_measure}")
    ends_in_rate = words[-1:] in ("%", "‰") or after[:1] in ("%", "‰")
    if (ends_in_rate and _GLUED_FOLLOWS.match(after)) or (before[-1:] in ("%", "‰") and words[:1].isdigit()):
        raise CellError(f"{words!r} and its neighbour look like several numbers printed without a separator")


def _other_unit(found: Print, after: str) -> str | None:
    """A unit of another measure that the matched words break off: 人 of 人次, 个 of 个百分点, nothing of 人."""
    own = normalise(found.unit.unit_printed) if found.unit else ""
    if not _WITHIN_UNIT.sub("", found.words).endswith(own):
        return None
    measure = found.slot.indicator.unit_measure
    others = [unit.unit_printed for unit in found.slot.units.values() if unit.unit_measure != measure]
    longer = [each for each in others if len(each) > len(own) and normalise(each).startswith(own)]
    return next((each for each in longer if (own + after).startswith(normalise(each))), None)


def plain(words: str) -> str:
    """Printed words without white space and footnote marks, in simplified characters."""
    return simplified(re.sub(r"\s", "", normalise(FOOTNOTE.sub("", words))))


def slot_pattern(slot: Slot) -> str:
    """What may be printed for a figure of the indicator."""
    return _pattern(slot.indicator.unit_measure, slot.is_signed, slot.takes_multiples, tuple(slot.units.values()))


@cache
def _pattern(unit_measure: str, is_signed: bool, takes_multiples: bool, units: tuple[Unit, ...]) -> str:
    unit = "|".join(_unit_pattern(unit.unit_printed) for unit in _units_of(unit_measure, units) if unit.unit_printed)
    number = (
        f"(?:{any_of(QUALIFIERS_BEFORE)}{SPACE})?{_NUMBER}"
        f"(?:{SPACE}[至—～~-]{SPACE}{_NUMBER})?"
        f"(?:{SPACE}{any_of(QUALIFIERS_WITHIN)})?"
    )
    after = f"(?:{SPACE}{any_of(QUALIFIERS_WITHIN, QUALIFIERS_AFTER)})?"
    single = f"{number}(?:{GAP}(?:{unit}))?{after}" if unit else f"{number}{after}"
    if not is_signed:
        return single
    turned = f"(?:{any_of((TURNED_UP, TURNED_DOWN))}{SPACE}[，,]?{SPACE}[为為至到]?{SPACE})?"
    directed = f"{turned}(?:{any_of(RISING, FALLING)}{SPACE}了?{SPACE})?"
    level = f"(?:{any_of(_AS_BEFORE)}{SPACE})?(?:{spelt('基本')}{SPACE})?{spelt('持平')}"
    choices = [f"{directed}{single}", level]
    if takes_multiples:
        choices = [f"{directed}{REACHED}{number}{SPACE}倍{after}", DOUBLED, *choices]
    return "(?:" + "|".join(choices) + ")"


def _unit_pattern(unit: str) -> str:
    if unit == "%":
        return "[%％]"
    multiplied = _MULTIPLIED.fullmatch(unit)
    if not multiplied:
        return spelt(unit)
    return f"{spelt(multiplied[1])}{SPACE}[余餘多]?{SPACE}{spelt(multiplied[2])}"


@cache
def _units_of(unit_measure: str, units: tuple[Unit, ...]) -> list[Unit]:
    own = [unit for unit in units if unit.unit_measure == unit_measure]
    return sorted(own, key=lambda unit: len(unit.unit_printed), reverse=True)
