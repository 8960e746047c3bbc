"""Which indicator of the register a printed name means: surely, by shortening, or not at all; and printed periods."""

import re
from dataclasses import dataclass

from shanhai.documents.reference import Indicator, Reference
from shanhai.errors import CellError
from shanhai.grammar.divisions import normalise_name
from shanhai.grammar.periods import read_printed_period

BRACKETS = re.compile(r"[（(]([^（()）]+)[)）]")
SHORTEST_NAME = 3
_LEFT_OUT = ("增加值", "数", "余额", "个数")
# Parts of a header path that say which of several figures, not of what.
GENERIC = re.compile(r"合计|总计|累计|绝对数|绝对量|绝对额|总量|指标值|数值|本期|[一二三四五六七八九十]+、")
_WHOSE = re.compile(r"^(?:地方|全社会|全省|全市|全县|全区|本市|本县)")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)")
_WITHIN_YEAR = (
    (re.compile(r"前三季度|1[-—–~至]9月|三季度|1[-—–~至]3季度"), "-Q3"),
    (re.compile(r"上半年|1[-—–~至]6月|二季度"), "-S1"),
    (re.compile(r"一季度|1[-—–~至]3月"), "-Q1"),
)
_TO_DATE = re.compile(r"前|半年|全年|1[-—–~至]")
_ALONE = re.compile(r"季度|月")
# What growth of an indicator is called in the register: its code and one of these.
_GROWTHS = ("_real_growth", "_growth", "_nominal_growth")


@dataclass(frozen=True)
class Named:
    """What a name was taken for, or why it was not taken for anything."""

    indicator: Indicator | None
    remark: str = ""


@dataclass(frozen=True)
class Naming:
    """Names of the register of indicators."""

    reference: Reference

    def meaning(self, names: list[str], unit: str | None) -> Named:
        """The one indicator that one of the names means and that is counted in `unit`."""
        indicators = self.reference.indicators.values()
        for certain in (True, False):
            distance = {i.indicator_code: _distance(names, i.name_zh, certain) for i in indicators}
            candidates = [i for i in indicators if distance[i.indicator_code] is not None]
            fitting = _nearest([i for i in candidates if self.fits(i, unit)], distance)
            if len(fitting) == 1 and unit:
                return Named(fitting[0], "" if certain else f"named {fitting[0].name_zh} in the register")
            if candidates:
                return Named(None, _doubt(candidates, fitting, unit))
        return Named(None, "no indicator of the register has this name")

    def knows(self, label: str) -> bool:
        """Whether a label is the name of an indicator, in full or shortened."""
        names = [plain(normalise_name(label))]
        return any(_distance(names, i.name_zh, certain=False) is not None for i in self.reference.indicators.values())

    def growth_of(self, indicator: Indicator) -> Indicator | None:
        """The growth of an indicator, where the register has one."""
        codes = (indicator.indicator_code + ending for ending in _GROWTHS)
        return next((self.reference.indicators[code] for code in codes if code in self.reference.indicators), None)

    def fits(self, indicator: Indicator, unit: str | None) -> bool:
        """Whether the indicator is counted in the unit; so is any where none is printed."""
        known = self.reference.units.get(unit or "")
        return unit is None or (known is not None and known.unit_measure == indicator.unit_measure)

    def in_title(self, title: str) -> list[str]:
        """The longest name of the register that a title holds."""
        named = [plain(normalise_name(i.name_zh)) for i in self.reference.indicators.values()]
        return sorted((n for n in named if len(n) >= SHORTEST_NAME and n in title), key=len)[-1:]


def period_in(text: str) -> str | None:
    """The one period that a title, a head or a file name prints; None when it prints none or several."""
    years = set(_YEAR.findall(text))
    if len(years) != 1:
        return None
    part = next((code for pattern, code in _WITHIN_YEAR if pattern.search(text)), "")
    return str(years.pop()) + part


def period_of_head(head: str, base: str | None) -> tuple[str | None, str | None]:
    """The period that one part of a head's path prints, a quarter or month of the year of `base` among them.

    With it the accumulation where the print decides it: 1-10月 is to date, 10月 and 4季度 are alone.
    """
    for part in reversed(head.split(">")):
        try:
            period = read_printed_period([BRACKETS.sub("", part)], base)
        except CellError:
            continue
        if _TO_DATE.search(part):
            return period, "YTD"
        return period, "DISC" if _ALONE.search(part) else None
    return period_in(head), None


def plain(part: str) -> str:
    """A name without units, years, marks of enumeration, and what says only whose or when."""
    bare = re.sub(r"(?:19|20)\d{2}年?|年末|^[一二三四五六七八九十]+、|^#", "", BRACKETS.sub("", part))
    return _WHOSE.sub("", bare)


def _doubt(candidates: list[Indicator], fitting: list[Indicator], unit: str | None) -> str:
    names = ", ".join(f"{each.indicator_code}?" for each in (fitting or candidates)[:3])
    if unit is None:
        return f"{names} no unit is printed; a column needs one, as `unit`"
    return names if fitting else f"{names} printed in {unit}"


def _distance(names: list[str], name_zh: str, certain: bool) -> int | None:
    """By how many characters the register's name is longer than the head's; None where it is another name.

    Sure is the same name; unsure, one that the head shortens: 生产总值, or 第一产业 for its value added.
    """
    registered = plain(normalise_name(name_zh))
    found = []
    for name in names:
        if ("人均" in name) != ("人均" in registered):
            continue
        shortened = len(name) >= SHORTEST_NAME and registered.endswith(name)
        if registered == name or (not certain and (shortened or registered in {name + s for s in _LEFT_OUT})):
            found.append(len(registered) - len(name))
    return min(found, default=None)


def _nearest(indicators: list[Indicator], distance: dict[str, int | None]) -> list[Indicator]:
    """Those whose names are nearest to the head's."""
    least = min((distance[i.indicator_code] or 0 for i in indicators), default=0)
    return [i for i in indicators if (distance[i.indicator_code] or 0) == least]
