"""Rows of a sheet cut by expressions: a row is of the form of its cells' columns, styles and kinds, and rows repeat it.

The first rows of a form are cut cell by cell; when it repeats, one expression of its own cuts the whole row.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from shanhai.carriers.grid import column_number
from shanhai.carriers.sheet_elements import hides

_CELL = re.compile(
    r'<c r="([A-Z]{1,3})([1-9][0-9]{0,6})"((?: s="[0-9]+")?(?: t="[a-zA-Z]+")?)(?:/>|>'
    r"(?:<f(?: [^<>]*)?(?:/>|>[^<]*</f>))?"
    r'(?:<v>|<is><t(?: xml:space="preserve")?>)([^<]+)(?:</v>|</t></is>)</c>)'
)
_HEAD = r'\s*<row((?:\s+[\w:.]+="[^"<>]*")*)\s*>'
_ROW = re.compile(_HEAD)
_NUMBERED_ROW = r'<row r="([1-9][0-9]{0,6})"((?: [\w:.]+="[^"<>]*")*)>'
_NUMBER = re.compile(r'\sr="([1-9][0-9]{0,6})"')
_ATTRIBUTE = re.compile(r'([\w:.]+)="([^"]*)"')
_STYLE_AND_KIND = re.compile(r'(?: s="([0-9]+)")?(?: t="([a-zA-Z]+)")?')
_ENTITY = re.compile(r"&(?:#([0-9]{1,7})|#x([0-9A-Fa-f]{1,6})|(amp|lt|gt|quot|apos));|&")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_REPEATED = 50  # rows after which making an expression for the form is worth its while
_WIDEST = 512  # cells of such an expression
_MOST_EXPRESSIONS = 256
_MOST_CELLS = 1_000_000  # of all forms that are kept: a hostile sheet may give each row a form of its own

Show = Callable[[str], str]


class Showing(NamedTuple):
    """How cells of one style and kind show what they store; `as_stored` where a plain number is shown as it is."""

    show: Show
    as_stored: bool


@dataclass(eq=False)
class RowForm:
    """What rows of one form have in common: the column of each cell, and which cells are not plain numbers."""

    columns: list[int]
    has_gaps: bool
    numbers: list[int]
    others: list[tuple[int, Show]]
    marks: tuple[str, ...]
    met: int = 0

    def spaced(self, texts: list[str]) -> list[str]:
        """The texts of the cells with empty ones between them, where the row has none."""
        if not self.has_gaps:
            return texts
        spaced = [""] * self.columns[-1]
        for column, text in zip(self.columns, texts, strict=True):
            spaced[column - 1] = text
        return spaced

    def expression(self) -> re.Pattern[str]:
        """Matches a whole row of this form up to its end, with its number, its attributes and what each cell stores."""
        cells = (
            f'<c r="{letters}\\1"{mark}(?:/>|>' + r"(?:<v>|<is><t>)([^<]+)(?:</v>|</t></is>)</c>)"
            if "inlineStr" in mark
            else f'<c r="{letters}\\1"{mark}(?:/>|><v>([^<]+)</v></c>)'
            for letters, mark in zip(self.marks[::2], self.marks[1::2], strict=True)
        )
        return re.compile(_NUMBERED_ROW + "".join(cells))


class CutRow(NamedTuple):
    """A row that was cut: what its cells store, empty where nothing."""

    number: int
    is_hidden: bool
    form: RowForm
    texts: list[str]


# Of forms that repeated in this process: the next workbook of a yearbook has tables of the same form.
_expressions: dict[tuple[str, ...], re.Pattern[str]] = {}


class RowForms:
    """The forms of the rows of one sheet; `showing` tells how cells of a style and kind show what they store."""

    def __init__(self, showing: Callable[[str | None, str | None], Showing]) -> None:
        self._showing = showing
        self._forms: dict[tuple[str, ...], RowForm] = {}
        self._cells = 0
        self._usual: RowForm | None = None
        self._match: Callable[[str], re.Match[str] | None] = lambda _: None

    def cut(self, row: str) -> CutRow | None:
        """The row, given without its end tag; None when it takes a parser of XML.

        Raises ValueError when its cells do not stand in the order of their columns.
        """
        match = self._match(row)
        if match is not None and self._usual is not None:
            number, attributes, *values = match.groups()
            return self._cut(number, attributes, self._usual, values, row)
        head = _ROW.match(row)
        if head is None:
            return None
        parts = _CELL.split(row[head.end() :])
        named, rows = _NUMBER.search(head[1]), parts[2::5]
        if any(parts[::5]) or named is None or rows.count(named[1]) != len(rows):
            return None
        return self._cut(named[1], head[1], self._form(parts), parts[4::5], row)

    def _cut(self, number: str, attributes: str, form: RowForm, values: list[str], row: str) -> CutRow:
        texts = [value or "" for value in values] if None in values else values
        if "&" in row:
            texts = [_ENTITY.sub(_character, text) if "&" in text else text for text in texts]
        is_told = "hidden=" in attributes or ' ht="' in attributes
        return CutRow(int(number), is_told and hides(dict(_ATTRIBUTE.findall(attributes)), "ht"), form, texts)

    def _form(self, parts: list[str]) -> RowForm:
        marks = [""] * (len(parts) // 5 * 2)
        marks[::2], marks[1::2] = parts[1::5], parts[3::5]
        form = self._forms.get(tuple(marks)) or self._new_form(tuple(marks))
        form.met += 1
        if form is not self._usual and (form.met >= _REPEATED or form.marks in _expressions):
            self._use(form)
        return form

    def _use(self, form: RowForm) -> None:
        if form.marks not in _expressions:
            if len(form.columns) > _WIDEST:
                return
            if len(_expressions) >= _MOST_EXPRESSIONS:
                _expressions.clear()
            _expressions[form.marks] = form.expression()
        self._usual, self._match, form.met = form, _expressions[form.marks].fullmatch, 0

    def _new_form(self, marks: tuple[str, ...]) -> RowForm:
        columns = [column_number(letters) for letters in marks[::2]]
        if columns != sorted(set(columns)):
            raise ValueError(f"the cells of a row do not stand in order: {', '.join(marks[:20:2])}")
        showings = []
        for mark in marks[1::2]:
            match = _STYLE_AND_KIND.fullmatch(mark)
            showings.append(self._showing(*match.groups()) if match else self._showing(None, None))
        form = RowForm(
            columns,
            columns != list(range(1, len(columns) + 1)),
            [i for i, each in enumerate(showings) if each.as_stored],
            [(i, each.show) for i, each in enumerate(showings) if not each.as_stored],
            marks,
        )
        self._cells += len(columns)
        if self._cells < _MOST_CELLS:
            self._forms[marks] = form
        return form


def _character(entity: re.Match[str]) -> str:
    if entity[0] == "&":
        raise ValueError("the sheet's XML is broken: an & that begins no character")
    if entity[3]:
        return _NAMED[entity[3]]
    code = int(entity[1]) if entity[1] else int(entity[2], 16)
    if code > 0x10FFFF or code < 9 or 0xD800 <= code < 0xE000:
        raise ValueError(f"the sheet's XML is broken: {entity[0]} is no character")
    return chr(code)
