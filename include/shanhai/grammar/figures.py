"""From a printed cell or phrase to a figure: the normalisation steps of the domain rules §2.7, in their order."""

import re
import unicodedata
from dataclasses import dataclass, replace
from decimal import Decimal

from shanhai.errors import CellError
from shanhai.grammar.remembering import remembering

# Printed marks that are not missing values but notes; stripped before NFKC, which would turn ① into 1 (§2.7 step 2).
FOOTNOTE = re.compile(r"[①-⑳㉑-㉟㊱-㊿¹²³⁰-⁹₀-₉]|[\[［][0-9０-９]{1,2}[\]］]|[*＊]|注[0-9０-９]*$")
# A mark with digits on both sides: stripped, it would glue two numbers.
_MARK_WITHIN = re.compile(rf"[0-9０-９](?:{FOOTNOTE.pattern})+[0-9０-９]")
# Characters NFKC leaves or makes wrong (§2.7 step 4): ∶ as ratio colon, · as decimal point, the several minus signs.
_MAPPED = str.maketrans({"⻰": "龙", "∶": ":", "︰": ":", "·": ".", "−": "-", "–": "-", "—": "-"})
# ASCII digits only: the digits of other scripts are no print of these publications.
_NUMBER = re.compile(r"-?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?")
_PLAIN = re.compile(r"-?([0-9]+)(?:\.([0-9]+))?")
_TWO_POINTS = re.compile(r"\.[0-9]*\.")
_WHOLE = re.compile(r"[0-9]+")
# Digits of a whole number that is one number, where nothing more is known of what it counts (§2.7 step 8).
MOST_DIGITS = 8
_PER_CENT = re.compile(r"(.*[0-9０-９)）])\s*[%％]\s*([)）]?)", re.DOTALL)
# A sign other than the minus stands for it only in front of a digit, a bracket only with its fellow (§2.7 step 5).
_MARKED_NEGATIVE = re.compile(r"▲\s*(?=[0-9])(.+)|\((?=[0-9])([^()]+)\)")
_SIGN_APART = re.compile(r"-\s+(?=[0-9])")

NO_CHANGE = "printed as no change"
# Measures whose figures may fall: words of direction and of no change belong to them alone.
SIGNED = frozenset({"GROWTH", "CHANGE", "GAP", "CONTRIBUTION"})
# What a mark in place of a number stands for (§2.6): value, status, comment.
_MISSING: dict[str, tuple[Decimal | None, str | None, str | None]] = {
    "below_unit": (Decimal(0), "N", "below the smallest unit"),
    "cannot_exist": (None, "M", None),
    "not_available": (None, "O", None),
    "not_collected": (None, "L", None),
    "suppressed": (None, "Q", None),
    "included_elsewhere": (None, "K", None),
    "ambiguous": (None, "O", "ambiguous: none, not known or too small"),
    "no_change": (Decimal(0), None, NO_CHANGE),
}


@dataclass(slots=True)  # not frozen, which takes three times as long to make, and there is one to every cell
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


def read_cell(printed: str, symbols: dict[str, str], most_digits: int = MOST_DIGITS) -> Figure:
    """The figure of a table cell; raises CellError when the text is neither a number nor a declared mark.

    A number of more than `most_digits` digits without separators is several glued into one.
    """
    plain = _PLAIN.fullmatch(printed)
    if plain and printed not in symbols and max(len(plain[1]), len(plain[2] or "")) <= most_digits:
        # Nearly every cell; the steps below would leave it as it is.
        return Figure(printed, Decimal(printed), None, None, len(plain[2] or ""))
    bare = printed.strip()
    if bare not in symbols:
        bare = _without_footnotes(bare)
    if bare in symbols:
        return missing(printed, symbols[bare])
    if bare == "一":
        raise CellError("the cell holds 一: a dash read as the numeral one; declare what the publication printed")
    return replace(read_number(bare, most_digits), printed=printed)


def split_per_cent(printed: str) -> tuple[str, str]:
    """A cell without the sign of per cent behind its number, and that sign as the unit printed; none in most cells."""
    match = _PER_CENT.fullmatch(printed)
    return (match[1] + match[2], "%") if match else (printed, "")


def _without_footnotes(printed: str) -> str:
    if _MARK_WITHIN.search(printed):
        raise CellError(f"{printed!r} has a footnote mark between digits: two numbers, or one that is broken")
    bare = FOOTNOTE.sub("", printed).strip()
    if printed and not bare:
        raise CellError(f"{printed!r} is a footnote mark without a figure; declare what it stands for")
    return bare


def missing(printed: str, meaning: str) -> Figure:
    """The figure of a mark that stands for no number."""
    value, status, comment = _MISSING[meaning]
    return Figure(printed, value=value, missing_status=status, comment=comment)


def read_number(text: str, most_digits: int = MOST_DIGITS) -> Figure:
    """The figure in a text that is one number, with separators, sign and decimals; raises CellError otherwise."""
    if any(unicodedata.category(character) == "No" for character in text):
        raise CellError(f"{text!r} has a raised, circled or otherwise numbered sign that is no digit of a figure")
    normal = normalise(text).strip()
    if marked := _MARKED_NEGATIVE.fullmatch(normal):
        normal = "-" + (marked[1] or marked[2]).strip()
    normal = _SIGN_APART.sub("-", normal)
    if _TWO_POINTS.search(normal) or any(len(digits) > most_digits for digits in _WHOLE.findall(normal)):
        raise CellError(f"{text!r} looks like several numbers printed without a separator")
    if not _NUMBER.fullmatch(normal):
        raise CellError(f"{text!r} is not a number and not a declared mark")
    number = normal.replace(",", "")
    decimals = len(number.partition(".")[2])
    return Figure(text, value=Decimal(number), decimals=decimals)


@remembering
def normalise(text: str) -> str:
    """Full-width forms and look-alike signs as plain characters."""
    return unicodedata.normalize("NFKC", text.translate(_MAPPED)).translate(_MAPPED)
