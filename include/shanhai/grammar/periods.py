"""Reference periods as documents write them, to SDMX codes and dates."""

import calendar
import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from shanhai.errors import CellError
from shanhai.grammar.figures import normalise
from shanhai.grammar.patterns import NOTE_MARK

_PERIOD = re.compile(r"(\d{4})(?:-(?:Q([1-4])|S([12])|(\d{2})(?:-(\d{2}))?))?")
_MONTHS = {"Q": 3, "S": 6}
# As heads and labels print them: 2023, 2023年末, 2023年1-9月, 前三季度, 2023年三季度, 2023.9, 9月, 九月.
_NUMERALS = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")
_NUMERAL = "(?:1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])"
_PRINTED = re.compile(
    r"(?:(?P<year>(?:19|20)\d{2})(?:年(?:度|末|底)?)?)?"
    r"(?:(?P<three>前三季度|[1一][-至~]?[3三]季度)|第?(?P<quarter>[1-4一二三四])季度|[Qq](?P<q>[1-4])|(?P<half>[上下])半年"
    rf"|[1一]月?[-至~](?P<months>{_NUMERAL})月(?:份|累计)?|[-./年]?(?P<month>{_NUMERAL})月(?:份|末|底)?|全年|年)?"
)
_CUMULATED = {3: "-Q1", 6: "-S1", 9: "-Q3", 12: ""}


@dataclass(frozen=True)
class Period:
    """A reference period: SDMX frequency and time period, with first and last day; all None when undated."""

    freq: str | None
    time_period: str | None
    start: date | None
    end: date | None


UNDATED = Period(None, None, None, None)


@lru_cache(maxsize=1000)
def parse_period(text: str, accum: str) -> Period:
    """The period a document writes; raises CellError when it is not of the grammar or does not fit `accum`.

    `2018..2023-02` is a window and needs CUM; a point in time (PIT) has no first day.
    """
    if text == "undated":
        return UNDATED
    first, dots, last = text.partition("..")
    opening, closing = _one(first), _one(last if dots else first)
    if opening.end is None or closing.end is None or opening.start is None:
        raise CellError(f"{text!r} is not a period")
    if dots:
        if accum != "CUM":
            raise CellError(f"the window {text!r} needs accum CUM, not {accum}")
        return Period(closing.freq, closing.time_period, opening.start, closing.end)
    if accum == "PIT":
        return Period(closing.freq, closing.time_period, None, closing.end)
    if accum == "CUM":
        return Period(closing.freq, closing.time_period, None, closing.end)
    start = date(closing.end.year, 1, 1) if accum in ("YTD", "AVG") else closing.start
    return Period(closing.freq, closing.time_period, start, closing.end)


def read_printed_period(printed: list[str], base: str | None = None) -> str:
    """What one or more printed texts (2023年 over 前三季度) say of a period, as documents write it.

    A text without a year is of the year of `base`. Raises CellError for anything else: a period is never guessed.
    """
    text = re.sub(r"[\s>]", "", normalise("".join(NOTE_MARK.sub("", each) for each in printed)))
    match = _PRINTED.fullmatch(text)
    if not match or not text:
        raise CellError(f"{text!r} is not a printed period that reads surely: declare the period in the document")
    year = match["year"] or (base or "")[:4]
    if not year.isdigit():
        raise CellError(f"{text!r} prints no year, and the document declares none")
    if match["month"] and not 1 <= _count(match["month"]) <= 12:
        raise CellError(f"{text!r} is no month of a year")
    if quarter := match["quarter"] or match["q"]:
        return f"{year}-Q{_count(quarter)}"
    if match["half"]:
        return f"{year}-S{'上下'.index(match['half']) + 1}"
    months = 9 if match["three"] else _count(match["months"] or match["month"] or "12")
    if match["month"]:
        return f"{year}-{months:02}"
    return year + _CUMULATED.get(months, f"-{months:02}")


def _count(number: str) -> int:
    """An Arabic or Chinese numeral up to twelve."""
    return int(number) if number.isdigit() else _NUMERALS.index(number) + 1


def last_day_of(text: str | None) -> date | None:
    """Last day of a period or window as documents write it; None where there is none."""
    return parse_period(text, "CUM").end if text and text != "previous" else None


def previous_year(text: str) -> str:
    """The same period one year before."""
    match = _PERIOD.fullmatch(text)
    if not match:
        raise CellError(f"{text!r} has no previous year")
    return f"{int(match[1]) - 1}{text[4:]}"


def _one(text: str) -> Period:
    match = _PERIOD.fullmatch(text)
    if not match:
        raise CellError(f"{text!r} is not a period: write 2023, 2023-Q3, 2023-S1, 2024-05, 2022-05-27 or undated")
    year = int(match[1])
    for freq, number in (("Q", match[2]), ("S", match[3])):
        if number:
            length = _MONTHS[freq]
            last = int(number) * length
            return Period(freq, text, date(year, last - length + 1, 1), _last_day(year, last))
    if match[5]:
        day = date(year, int(match[4]), int(match[5]))
        return Period("D", text, day, day)
    if match[4]:
        return Period("M", text, date(year, int(match[4]), 1), _last_day(year, int(match[4])))
    return Period("A", text, date(year, 1, 1), date(year, 12, 31))


def _last_day(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])
