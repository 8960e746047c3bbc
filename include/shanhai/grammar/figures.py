"""From a printed cell or phrase to a figure: the normalisation steps of the domain rules §2.7, in their order."""

import re
import unicodedata
from dataclasses import dataclass, replace
from decimal import Decimal

from shanhai.errors import CellError

# Printed marks that are not missing values but notes; stripped before NFKC, which would turn ① into 1 (§2.7 step 2).
_FOOTNOTE = re.compile(r"[①-⑳¹²³⁰-⁹]|\[\d+\]|\*|注\d*$")
# Characters NFKC leaves or makes wrong (§2.7 step 4): ∶ as ratio colon, · as decimal point, the several minus signs.
_MAPPED = str.maketrans({"⻰": "龙", "∶": ":", "︰": ":", "·": ".", "−": "-", "–": "-", "—": "-"})
_NUMBER = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")
_GLUED = re.compile(r"\d{9,}|\d*\.\d*\.\d*")
_MINUS = re.compile(r"^[▲(]\s*(?=\d)")

FALLING = ("下降", "减少", "降低", "回落", "下跌", "收窄", "低")
RISING = ("增长", "上升", "提高", "上涨", "增加", "高")

_QUALIFIERS = {
    "超过": "GT", "超": "GT", "突破": "GT", "逾": "GT",
    "以上": "GE", "不少于": "GE", "至少": "GE", "余": "GE", "多": "GE",
    "近": "LT", "不足": "LT",
    "以内": "LE", "以下": "LE", "最高": "LE",
    "左右": "APPROX", "约": "APPROX", "大约": "APPROX",
}  # fmt: skip
QUALIFIERS_BEFORE = ("超过", "超", "突破", "逾", "不少于", "至少", "近", "不足", "大约", "约", "最高")
QUALIFIERS_WITHIN = ("余", "多")
QUALIFIERS_AFTER = ("以上", "以内", "以下", "左右")

# What a missing mark stands for (§2.6): value, status, comment.
_MISSING: dict[str, tuple[Decimal | None, str, str | None]] = {
    "below_unit": (Decimal(0), "N", "below the smallest unit"),
    "cannot_exist": (None, "M", None),
    "not_available": (None, "O", None),
    "not_collected": (None, "L", None),
    "suppressed": (None, "Q", None),
    "included_elsewhere": (None, "K", None),
    "ambiguous": (None, "O", "ambiguous: none, not known or too small"),
}


@dataclass(frozen=True)
class Figure:
    """A printed figure: the number in the printed unit, with what the print says about it."""

    printed: str
    value: Decimal | None = None
    upper: Decimal | None = None
    text: str | None = None
    decimals: int | None = None
    qualifier: str = "EXACT"
    missing_status: str | None = None
    comment: str | None = None


def read_cell(printed: str, symbols: dict[str, str]) -> Figure:
    """The figure of a table cell; raises CellError when the text is neither a number nor a declared mark."""
    bare = _FOOTNOTE.sub("", printed).strip() if printed.strip() not in symbols else printed.strip()
    if bare in symbols:
        return missing(printed, symbols[bare])
    if bare == "一":
        raise CellError("the cell holds 一: a dash read as the numeral one; declare what the publication printed")
    return replace(read_number(bare), printed=printed)


def missing(printed: str, meaning: str) -> Figure:
    """The figure of a mark that stands for no number."""
    value, status, comment = _MISSING[meaning]
    return Figure(printed, value=value, missing_status=status, comment=comment)


def read_number(text: str) -> Figure:
    """The figure in a text that is one number, with separators, sign and decimals; raises CellError otherwise."""
    normal = normalise(text).replace(" ", "")
    normal = _MINUS.sub("-", normal).rstrip(")") if _MINUS.match(normal) else normal
    if _GLUED.search(normal):
        raise CellError(f"{text!r} looks like several numbers printed without a separator")
    if not _NUMBER.fullmatch(normal):
        raise CellError(f"{text!r} is not a number and not a declared mark")
    number = normal.replace(",", "")
    decimals = len(number.partition(".")[2])
    return Figure(text, value=Decimal(number), decimals=decimals)


def normalise(text: str) -> str:
    """Full-width forms and look-alike signs as plain characters."""
    return unicodedata.normalize("NFKC", text.translate(_MAPPED)).translate(_MAPPED)


def qualifier_of(words: str) -> str:
    """The bound a phrase puts on its number: EXACT where it says nothing."""
    for word, code in _QUALIFIERS.items():
        if word in words:
            return code
    return "EXACT"
