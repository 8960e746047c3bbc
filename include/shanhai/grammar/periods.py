"""Reference periods as documents write them, to SDMX codes and dates."""

import calendar
import re
from dataclasses import dataclass
from datetime import date

from shanhai.errors import CellError

_PERIOD = re.compile(r"(\d{4})(?:-(?:Q([1-4])|S([12])|(\d{2})(?:-(\d{2}))?))?")
_MONTHS = {"Q": 3, "S": 6}


@dataclass(frozen=True)
class Period:
    """A reference period: SDMX frequency and time period, with first and last day; all None when undated."""

    freq: str | None
    time_period: str | None
    start: date | None
    end: date | None


UNDATED = Period(None, None, None, None)


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
