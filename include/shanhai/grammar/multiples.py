"""Growth printed as a multiple: by 1.2倍 is +120 %, to 1.2倍 is +20 %, 翻一番 is +100 % (domain rules §2.2)."""

import re
from dataclasses import replace
from decimal import Decimal

from shanhai.documents.reference import Unit
from shanhai.errors import CellError
from shanhai.grammar.figures import Figure, read_number
from shanhai.grammar.words import OF_YEAR_BEFORE, REACHING, RISING, SPACE, any_of

TIMES = Unit("倍", "PT", 0)
DOUBLINGS = Unit("番", "PT", 0)
_COUNTED = {"": 1, "一": 1, "两": 2, "二": 2, "三": 3, "四": 4}
_DOUBLED = re.compile(r"翻了?([一两二三四1234]?)番")
# The words that decide stand last before the number: 增长到上年的.
_LEVEL = re.compile(rf"(?:{any_of(REACHING, OF_YEAR_BEFORE)})$")
_ADDED = re.compile(rf"(?<!最){any_of(RISING)}了?$")

_RATE_BEHIND = re.compile(r"[(（][%％][)）]$|[%％]$")

# What a document's figure in per cent of growth may print in place of a number with %.
_IS = any_of(("是", "为", "达到", "相当于"))
REACHED = f"(?:{any_of(REACHING)}{SPACE})?(?:(?:{_IS}{SPACE})?{any_of(OF_YEAR_BEFORE)}{SPACE})?"
DOUBLED = f"翻{SPACE}了?{SPACE}[一两兩二三四1234]?{SPACE}番"


def multiple_unit(words: str) -> Unit | None:
    """The unit of a multiple where the words print one."""
    if _DOUBLED.search(words):
        return DOUBLINGS
    return TIMES if "倍" in words else None


def read_doubling(words: str) -> Figure:
    """翻一番, 翻两番 as growth in per cent."""
    match = _DOUBLED.search(words)
    if not match:
        raise CellError(f"{words!r} is not a doubling")
    times = int(match[1]) if match[1].isdigit() else _COUNTED[match[1]]
    return Figure(words, value=Decimal(100 * (2**times - 1)), decimals=0, comment=f"{match[0]}: doubled {times}x")


def read_multiple(printed: str, head: str) -> Figure | None:
    """A cell that prints growth as a multiple (1.6倍) under a head that says growth; None for any other cell."""
    bare = printed.strip()
    if not bare.endswith(TIMES.unit_printed):
        return None
    figure = read_number(bare.removesuffix(TIMES.unit_printed))
    return replace(as_growth(figure, _RATE_BEHIND.sub("", head)), printed=printed)


def as_growth(figure: Figure, lead: str) -> Figure:
    """A number of 倍 as growth in per cent; raises CellError where `lead`, printed before it, says neither."""
    if figure.value is None or figure.value < 0:
        raise CellError(f"{figure.printed!r} is a negative multiple")
    if _LEVEL.search(lead):
        base, said = 1, "to a multiple of the base"
    elif _ADDED.search(lead):
        base, said = 0, "by a multiple of the base"
    else:
        raise CellError(f"{figure.printed!r} is a multiple, and {lead!r} does not say whether grown by or to it")
    return replace(
        figure,
        value=(figure.value - base) * 100,
        upper=None if figure.upper is None else (figure.upper - base) * 100,
        decimals=max((figure.decimals or 0) - 2, 0),
        comment=f"printed as {figure.value}倍, {said}",
    )
