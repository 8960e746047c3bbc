"""Number formats of workbooks: what a sheet shows for a number it stores (`3.4` under `0.00` is printed 3.40)."""

import datetime
import math
import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from shanhai.carriers.showing import Showing
from shanhai.errors import CellError

GENERAL = "General"
_YEAR_MONTH, _MONTH_DAY, _FULL_DATE = 'yyyy"年"m"月"', 'm"月"d"日"', 'yyyy"年"m"月"d"日"'
# ECMA-376 part 1, 18.8.30, with the East Asian dates as Chinese editions show them.
BUILT_IN: dict[int, str] = {
    0: GENERAL, 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00",
    12: "# ?/?", 13: "# ??/??", 14: "yyyy/m/d", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy",
    18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 22: "yyyy/m/d h:mm",
    27: _YEAR_MONTH, 28: _MONTH_DAY, 29: _MONTH_DAY, 30: "m-d-yy", 31: _FULL_DATE, 32: "h:mm", 33: "h:mm:ss",
    36: _YEAR_MONTH, 37: "#,##0;(#,##0)", 38: "#,##0;(#,##0)", 39: "#,##0.00;(#,##0.00)", 40: "#,##0.00;(#,##0.00)",
    41: '_ * #,##0_ ;_ * -#,##0_ ;_ * "-"_ ;_ @_ ', 43: '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ',
    45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0", 48: "##0.0E+0", 49: "@", 50: _YEAR_MONTH, 51: _MONTH_DAY,
    52: _YEAR_MONTH, 53: _MONTH_DAY, 54: _MONTH_DAY, 57: _YEAR_MONTH, 58: _MONTH_DAY,
}  # fmt: skip
_TOKEN = re.compile(
    r"""(?P<quoted>"[^"]*")|(?P<escaped>\\.)|(?P<blank>[_*].)|\[(?P<bracket>[^\]]*)\]
    |(?P<general>General|G/通用格式)|(?P<number>[0\#?][0\#?,]*(?:\.[0\#?]*)?|\.[0\#?]+)
    |(?P<date>[yY]+|[mM]+|[dD]+|[hH]+|[sS]+)|(?P<power>[eE][+-][0\#?]+)|(?P<refused>AM/PM|/)|(?P<literal>.)""",
    re.VERBOSE | re.DOTALL,
)
_STORED = re.compile(r"-?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")
_MOST_STORED = 16  # characters that a number stored without noise of binary floats has
_FIXED = re.compile(r"(?:[1-9][0-9]*|0(?=\.[0-9]*[1-9]))(\.[0-9]+)?")
_COLOURS = re.compile(r"(?i)(?:black|blue|cyan|green|magenta|red|white|yellow|color\d+|黑色|蓝色|绿色|红色|白色|黄色)$")


@dataclass(frozen=True)
class _Section:
    """One section of a format: text before and after the digits, and how many digits."""

    before: str
    after: str
    digits: str | None
    is_percent: bool
    is_general: bool

    def show(self, number: Decimal) -> str:
        if self.is_general:
            return f"{self.before}{plain(number)}{self.after}"
        if self.digits is None:
            return self.before
        if self.is_percent:
            number *= 100
        whole, _, fraction = self.digits.partition(".")
        rounded = f"{number.quantize(Decimal(1).scaleb(-len(fraction)), ROUND_HALF_UP):f}"
        integer, _, decimals = rounded.partition(".")
        least = len(fraction.rstrip("#?"))
        decimals = decimals[:least] + decimals[least:].rstrip("0")
        zeros = sum(whole.count(mark) for mark in "0")
        integer = integer.lstrip("0").rjust(zeros, "0")
        if "," in whole:
            integer = f"{int(integer):,}" if integer else ""
        return f"{self.before}{integer}{'.' if decimals else ''}{decimals}{self.after}"


def plain(number: Decimal) -> str:
    """A number without a format: never an exponent, no zeros at the end."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@lru_cache(maxsize=256)
def shower(code: str, is_1904: bool) -> Showing:
    """What turns a number as a workbook stores it into what the sheet shows, raising CellError like `show_number`."""
    if is_date_format(code):
        return Showing(lambda stored: _show_serial(stored_number(stored), code, is_1904))
    places = _fixed_places(code)
    if places is None or places >= _MOST_STORED:
        return Showing(lambda stored: show_number(stored_number(stored), code))

    def show(stored: str) -> str:
        match = _FIXED.fullmatch(stored)  # nearly every number: nothing to round, only zeros to add
        if match is None or len(stored) > _MOST_STORED:
            return show_number(stored_number(stored), code)
        fraction = match[1] or "."
        short = places - len(fraction) + 1
        if short < 0:
            return show_number(stored_number(stored), code)
        if short == 0:
            return stored
        return f"{stored}{'' if match[1] else '.'}{'0' * short}"

    if not places:
        return Showing(show, rf"[1-9][0-9]{{0,{_MOST_STORED - 1}}}")
    return Showing(show, rf"[1-9][0-9]{{0,{_MOST_STORED - 2 - places}}}\.[0-9]{{{places}}}")


def stored_number(stored: str) -> float:
    """A number as a workbook stores it; raises CellError for what is none."""
    value = float(stored) if _STORED.fullmatch(stored) else math.inf
    if not math.isfinite(value):
        raise CellError(f"stores {stored!r}, which is no number")
    return value


def show_number(value: float, code: str) -> str:
    """What a sheet shows for `value` under the format `code`; raises CellError where that cannot be told."""
    if code == GENERAL and value.is_integer():
        return str(int(value))
    # A workbook keeps 15 digits; the rest of a binary float is noise of the machine that wrote it.
    digits = f"{value:.15g}"
    if code == GENERAL and "e" not in digits:
        return digits
    number = Decimal(digits)
    if code in (GENERAL, "@"):
        return plain(number)
    if is_date_format(code):
        raise CellError(f"holds {value!r} under the date format {code!r}")
    shown = _shown(number, _sections(code))
    if not shown and number:
        raise CellError(f"holds {value!r}, which its number format {code!r} hides")
    return shown


def show_date(day: datetime.date, code: str) -> str:
    """A date as its format shows it; in ISO form where the format is of more than year, month and day in digits."""
    if not is_date_format(code):
        return day.isoformat()
    shown = ""
    for token in _TOKEN.finditer(code.split(";")[0]):
        text = token[0]
        if token["date"]:
            part = _date_part(day, text.lower())
            if part is None:
                return day.isoformat()
            shown += part
        elif token["quoted"]:
            shown += text[1:-1]
        elif token["escaped"]:
            shown += text[1]
        elif token["literal"] or text == "/":
            shown += "" if text == "@" else text
    return shown


def day_of_serial(serial: float, is_1904: bool) -> datetime.date | None:
    """The day that a serial number counts; None when it is no whole day or of the days Excel itself miscounts."""
    if not serial.is_integer() or not 61 <= serial < 2_958_466:
        return None
    return (datetime.date(1904, 1, 1) if is_1904 else datetime.date(1899, 12, 30)) + datetime.timedelta(int(serial))


@lru_cache(maxsize=1024)
def is_date_format(code: str) -> bool:
    """Whether the format shows a date or a time."""
    return any(token["date"] for token in _TOKEN.finditer(code.split(";")[0]))


def _show_serial(serial: float, code: str, is_1904: bool) -> str:
    day = day_of_serial(serial, is_1904)
    return show_date(day, code) if day else show_number(serial, code)


def _fixed_places(code: str) -> int | None:
    """The decimals of a format that only fixes them (0, 0.00); None for every other."""
    try:
        positive = _sections(code)[0]
    except CellError:
        return None
    is_bare = not (positive.before or positive.after or positive.is_percent or positive.is_general)
    if not is_bare or not re.fullmatch(r"#*0(?:\.0+)?", positive.digits or ""):
        return None
    return len((positive.digits or "").partition(".")[2])


def _shown(number: Decimal, sections: tuple[_Section, ...]) -> str:
    if number < 0 and len(sections) > 1:
        return sections[1].show(-number)
    if number == 0 and len(sections) > 2:
        return sections[2].show(number)
    return ("-" if number < 0 else "") + sections[0].show(abs(number))


def _date_part(day: datetime.date, letters: str) -> str | None:
    number = {"y": day.year, "m": day.month, "d": day.day}.get(letters[0])
    if number is None or (letters[0] == "y" and len(letters) not in (2, 4)) or (letters[0] != "y" and len(letters) > 2):
        return None
    return f"{number % 100:02d}" if letters == "yy" else f"{number:0{len(letters)}d}"


@lru_cache(maxsize=1024)
def _sections(code: str) -> tuple[_Section, ...]:
    return tuple(_section(part, code) for part in re.findall(r'((?:"[^"]*"|\\.|[^;])*)(?:;|$)', code)[:-1] or [code])


def _section(part: str, code: str) -> _Section:
    before, after, digits = "", "", None
    is_percent = is_general = False
    for token in _TOKEN.finditer(part):
        text, shown = token[0], ""
        if token["number"]:
            is_scaled = text.partition(".")[0].endswith(",")
            if is_scaled or (digits is not None and set(text) - {"?"}):
                raise CellError(f"has the number format {code!r}, which is not read")
            digits = digits if digits is not None else text
        elif token["general"] or token["power"]:
            is_general = True  # a power of ten is read in full: its few digits would not be the figure
        elif token["refused"] or (token["bracket"] is not None and not _is_mere_look(token["bracket"])):
            raise CellError(f"has the number format {code!r}, which is not read")
        elif text == "%":
            is_percent, shown = True, "%"
        elif token["quoted"]:
            shown = text[1:-1]
        elif token["escaped"]:
            shown = text[1]
        elif token["literal"] and text != "@":
            shown = text
        if digits is None and not is_general:
            before += shown
        else:
            after += shown
    if digits is not None and not set(digits) - {"?"}:
        digits = None  # `"-"??` holds places for alignment and prints no digits
    return _Section(before.strip(" "), after.strip(" "), digits, is_percent, is_general)


def _is_mere_look(bracket: str) -> bool:
    return bool(_COLOURS.match(bracket)) or bool(re.fullmatch(r"\$-[0-9A-Fa-f]+", bracket))
