"""Workbooks (xlsx): cells by sheet and address (`七普!H5`) as the sheet shows them, merged cells spread.

Only the parts that hold cells are opened: macros, links and embedded objects stay in the archive, unread.
"""

import datetime
from pathlib import PurePosixPath
from typing import Literal

from lxml import etree

from shanhai.carriers.grid import Grid, places_of_sheet, spread
from shanhai.carriers.number_format import BUILT_IN, GENERAL, show_date, show_number, shower, stored_number
from shanhai.carriers.shared_texts import read_shared_texts, unescaped
from shanhai.carriers.sheet import SheetReader
from shanhai.carriers.showing import Show, Showing
from shanhai.carriers.zipped import Archive, parse_xml, remembered
from shanhai.errors import CellError

Hidden = Literal["refuse", "read", "skip"]
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
# Numbers that a sheet without a format shows as they are stored: at most fifteen digits, no power, no idle zeros.
_SHOWN_AS_STORED = r"(?=[^\0]{1,16}\0)(?:-?[1-9][0-9]{0,14}(?:\.[0-9]++(?<!0))?|0|-?0\.[0-9]++(?<!0))"


def read_workbook(content: bytes, sheet: str | None, hidden: Hidden = "refuse") -> Grid:
    """The cells of one sheet (the first when none is named).

    Raises ValueError when there is no such sheet, when it is hidden and not declared so, or the file is out of bounds.
    """
    archive = Archive(content)
    names, is_1904 = _sheets(archive)
    name = sheet or next(iter(names))
    if name not in names:
        raise ValueError(f"no sheet {name!r}; there are {list(names)}")
    path, is_hidden = names[name]
    if is_hidden and hidden != "read":
        raise ValueError(f"sheet {name!r} is hidden; declare `hidden: read` if it shall be read")
    told = SheetReader(_Showings(archive, is_1904).of).read(archive.pieces(path))
    spanned = spread(told.rows, told.merged)
    width = told.rows.width
    hidden_columns = {c for first, last in told.hidden_columns for c in range(first, min(last, width) + 1)}
    return Grid(
        told.rows,
        places_of_sheet(name),
        spanned,
        frozenset(told.hidden_rows),
        frozenset(hidden_columns),
        told.unreadable,
    )


class _Showings:
    """How the cells of a workbook show what they store."""

    def __init__(self, archive: Archive, is_1904: bool) -> None:
        self._formats = _formats(archive.part("xl/styles.xml")) if "xl/styles.xml" in archive else {}
        self._texts = read_shared_texts(archive)
        self._is_1904 = is_1904
        self._numbers: dict[str, Showing] = {GENERAL: _PLAIN, "@": _PLAIN}
        self._others: dict[str, Show] = {
            "s": self._shared,
            "str": unescaped,
            "inlineStr": unescaped,
            "b": _refuse_truth_value,
            "e": _refuse_error,
            "d": _iso_date,
        }

    def of(self, style: str | None, kind: str | None) -> Showing:
        """How cells of a style and kind show what they store."""
        if kind not in (None, "n"):
            return Showing(self._others.get(kind or "", _refuse_kind))
        code = self._formats.get(style or "0", GENERAL)
        if code not in self._numbers:
            self._numbers[code] = shower(code, self._is_1904)
        return self._numbers[code]

    def _shared(self, index: str) -> str:
        try:
            return self._texts[int(index)]
        except (ValueError, IndexError) as error:
            raise CellError(f"names the shared text {index}, and there are {len(self._texts)}") from error


_PLAIN = Showing(lambda stored: show_number(stored_number(stored), GENERAL), _SHOWN_AS_STORED)


def _refuse_truth_value(stored: str) -> str:
    raise CellError(f"holds {stored in ('1', 'true')}, which is not a printed figure or text")


def _refuse_error(stored: str) -> str:
    raise CellError(f"holds the error {stored}")


def _refuse_kind(stored: str) -> str:
    raise CellError(f"holds {stored!r} of a kind that is not read")


def _iso_date(stored: str) -> str:
    try:
        return show_date(datetime.date.fromisoformat(stored[:10]), GENERAL)
    except ValueError as error:
        raise CellError(f"holds {stored!r}, which is no date") from error


def _sheets(archive: Archive) -> tuple[dict[str, tuple[str, bool]], bool]:
    """Path and hiddenness of each sheet in order, and whether days count from 1904."""
    if "xl/workbook.xml" not in archive:
        raise ValueError("the archive holds no workbook")
    named, is_1904 = _named_sheets(archive.part("xl/workbook.xml"))
    relations = "xl/_rels/workbook.xml.rels"
    targets = _targets(archive.part(relations)) if relations in archive else {}
    found: dict[str, tuple[str, bool]] = {}
    for name, relation, is_hidden in named:
        target = targets.get(relation, "")
        path = target.lstrip("/") if target.startswith("/") else str(PurePosixPath("xl") / target)
        if path in archive and "worksheets/" in path:
            found[name] = (path, is_hidden)
    if not found:
        raise ValueError("the workbook has no sheet of cells")
    return found, is_1904


@remembered
def _named_sheets(part: bytes) -> tuple[list[tuple[str, str | None, bool]], bool]:
    """Name, relation and hiddenness of each sheet in order, and whether days count from 1904."""
    workbook = parse_xml(part)
    named = [
        (
            sheet.get("name", ""),
            sheet.get(_RELATION) or sheet.get(_STRICT_RELATION),
            sheet.get("state", "visible") != "visible",
        )
        for sheet in workbook.iter("{*}sheet")
    ]
    properties = workbook.find("{*}workbookPr")
    return named, properties is not None and properties.get("date1904") in ("1", "true")


@remembered
def _targets(part: bytes) -> dict[str | None, str]:
    """The part that each relation names."""
    return {each.get("Id"): each.get("Target", "") for each in parse_xml(part)}


@remembered
def _formats(part: bytes) -> dict[str, str]:
    """The number format of each cell style that has one, by the style's index as printed."""
    styles = parse_xml(part)
    codes: dict[int, str] = dict(BUILT_IN)
    for each in styles.iter("{*}numFmt"):
        codes[int(each.get("numFmtId", "0"))] = each.get("formatCode", GENERAL)
    cells = styles.find("{*}cellXfs")
    used = [int(each.get("numFmtId", "0")) for each in (cells if cells is not None else []) if _is_element(each)]
    return {
        str(index): codes.get(number, f"number format {number}")
        for index, number in enumerate(used)
        if codes.get(number) != GENERAL
    }


def _is_element(node: etree._Element) -> bool:
    return isinstance(node.tag, str)
