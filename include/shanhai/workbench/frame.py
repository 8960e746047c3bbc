"""What every proposed document begins and ends with: title, licence, relation, subject; the edition with its hash."""

import hashlib
import re
from datetime import date
from pathlib import Path

from shanhai.errors import CellError
from shanhai.grammar.periods import parse_period
from shanhai.library import Library
from shanhai.workbench.scalars import scalar

_LICENCE = "Statistics are facts; table head quoted"
_COUNTRY = re.compile("全国|我国|国内生产总值|中华人民共和国")
_DIVISION = re.compile(r"[省市县区州]")


def title_line(title: str, title_en: str | None, file: Path) -> list[str]:
    """Title, licence and relation."""
    named = "" if title_en else "  # the name of the file; say it in English"
    return [
        f"title: {{zh: {scalar(title)}, en: {scalar(title_en or file.stem)}}}{named}",
        f"licence: {_LICENCE}",
        "relation: observations",
    ]


def edition_lines(
    file: Path, content: bytes, period: str | None, *, is_printed: bool, needs_period: bool = True
) -> list[str]:
    """The only edition; a remark where its period is not printed."""
    sha256 = hashlib.sha256(content).hexdigest()
    own = f"period: {scalar(period)}, " if period else ""
    remark = []
    if not period and needs_period:
        remark = ["  # no period is printed that reads surely; the edition needs one, as `period`"]
    elif period and not is_printed:
        remark = ["  # the period is in the name of the file only; a yearbook tells of the year before its own"]
    name = scalar(period or "first")
    return ["editions:", *remark, f"  - {{edition: {name}, {own}file: {scalar(file.name)}, sha256: {sha256}}}"]


def subject_lines(library: Library, title: str, period: str | None) -> list[str]:
    """The division that a title names, the longest of several."""
    day = parse_period(period or str(date.today().year), "PIT").end or date.today()
    ends = [match.end() for match in _DIVISION.finditer(title)]
    names = {title[end - length : end] for end in ends for length in range(2, 10) if length <= end}
    found = [name for name in names if _is_division(library, name, day)]
    if not found and _COUNTRY.search(title):
        return ["subject: 全国", "subject_kind: country"]
    if not found:
        return ["# subject: the title names no division of the register; say of whom the figures are"]
    return [f"subject: {max(found, key=len)}", "subject_kind: division"]


def _is_division(library: Library, name: str, day: date) -> bool:
    try:
        return bool(library.register.code_of(name, day))
    except CellError:
        return False
