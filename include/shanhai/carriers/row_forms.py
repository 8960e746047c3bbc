"""Rows of a sheet cut by expressions: a row is of the form of its cells' columns, styles and kinds, and rows repeat it.

The first rows of a form are cut cell by cell; when it repeats, one expression of its own cuts whole rows.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, cast

from shanhai.carriers.grid import column_number
from shanhai.carriers.sheet_elements import hides
from shanhai.carriers.showing import Showing

_CELL = re.compile(
    r'<c r="([A-Z]{1,3})([1-9][0-9]{0,6})"((?: s="[0-9]+")?(?: t="[a-zA-Z]+")?)(?:/>|>'
    r"(?:<f(?: [^<>]*)?(?:/>|>[^<]*</f>))?"
    r'(?:<v>|<is><t(?: xml:space="preserve")?>)([^<]+)(?:</v>|</t></is>)</c>)'
)
_ROW_END = "</row>"
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


@dataclass(eq=False)
class RowForm:
    """What rows of one form have in common: the column of each cell and how it shows what it stores."""

    columns: list[int]
    showings: list[Showing]
    marks: tuple[str, ...]
    met: int = 0

    @cached_property
    def gaps(self) -> list[int]:
        """Columns before the last that have no cell."""
        return sorted(set(range(1, self.columns[-1] if self.columns else 1)) - set(self.columns))

    def expression(self) -> re.Pattern[str]:
        """Matches a whole row of this form, with its number, its attributes and what each cell stores."""
        cells = (
            f'<c r="{letters}\\1"{mark}(?:/>|>' + r"(?:<v>|<is><t>)([^<]+)(?:</v>|</t></is>)</c>)"
            if "inlineStr" in mark
            else f'<c r="{letters}\\1"{mark}(?:/>|><v>([^<]+)</v></c>)'
            for letters, mark in zip(self.marks[::2], self.marks[1::2], strict=True)
        )
        return re.compile(_NUMBERED_ROW + "".join(cells) + "</row>")


class CutRows(NamedTuple):
    """Rows of one form that follow one another: their numbers, which are hidden, and what they store, cell by cell."""

    form: RowForm
    numbers: list[int]
    hidden: list[int]
    stored: list[Sequence[str]]


# Of forms that repeated in this process: the next workbook of a yearbook has tables of the same form.
_expressions: dict[tuple[str, ...], re.Pattern[str]] = {}


class RowForms:
    """The forms of the rows of one sheet; `showing` tells how cells of a style and kind show what they store."""

    def __init__(self, showing: Callable[[str | None, str | None], Showing]) -> None:
        self._showing = showing
        self._forms: dict[tuple[str, ...], RowForm] = {}
        self._cells = 0
        self._usual: RowForm | None = None
        self._match: Callable[[str, int], re.Match[str] | None] = lambda _, at: None

    def cut(self, rows: str, at: int) -> tuple[CutRows | None, int]:
        """All rows of the usual form that stand at a place in `rows`, or one row of another; and where they end.

        None in place of a row that takes a parser of XML. Raises ValueError when the cells of a row do not stand in
        the order of their columns.
        """
        found, end = [], at
        while match := self._match(rows, end):
            found.append(match.groups(""))
            end = match.end()
        if found and self._usual:
            return _cut_rows(self._usual, list(zip(*found, strict=True)), "&" in rows[at:end]), end
        end = rows.index(_ROW_END, at) + len(_ROW_END)
        return self._cut_one(rows[at : end - len(_ROW_END)]), end

    def _cut_one(self, row: str) -> CutRows | None:
        head = _ROW.match(row)
        if head is None:
            return None
        parts = _CELL.split(row[head.end() :])
        named, rows = _NUMBER.search(head[1]), parts[2::5]
        if any(parts[::5]) or named is None or rows.count(named[1]) != len(rows):
            return None
        return _cut_rows(self._form(parts), [(text or "",) for text in (named[1], head[1], *parts[4::5])], "&" in row)

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
        self._usual, self._match, form.met = form, _expressions[form.marks].match, 0

    def _new_form(self, marks: tuple[str, ...]) -> RowForm:
        columns = [column_number(letters) for letters in marks[::2]]
        if columns != sorted(set(columns)):
            raise ValueError(f"the cells of a row do not stand in order: {', '.join(marks[:20:2])}")
        matches = (_STYLE_AND_KIND.fullmatch(mark) for mark in marks[1::2])
        showings = [self._showing(*match.groups()) if match else self._showing(None, None) for match in matches]
        form = RowForm(columns, showings, marks)
        self._cells += len(columns)
        if self._cells < _MOST_CELLS:
            self._forms[marks] = form
        return form


def _cut_rows(form: RowForm, cut: list[tuple[str, ...]], has_entities: bool) -> CutRows:
    """Rows from their numbers, their attributes and what they store, cell by cell."""
    numbers, stored = list(map(int, cut[0])), cast(list[Sequence[str]], cut[2:])
    if has_entities:
        stored = [[_ENTITY.sub(_character, text) if "&" in text else text for text in column] for column in stored]
    hiding = {attributes for attributes in set(cut[1]) if _is_hidden(attributes)}
    hidden = [number for number, each in zip(numbers, cut[1], strict=True) if each in hiding] if hiding else []
    return CutRows(form, numbers, hidden, stored)


def _is_hidden(attributes: str) -> bool:
    is_told = "hidden=" in attributes or ' ht="' in attributes
    return is_told and hides(dict(_ATTRIBUTE.findall(attributes)), "ht")


def _character(entity: re.Match[str]) -> str:
    if entity[0] == "&":
        raise ValueError("the sheet's XML is broken: an & that begins no character")
    if entity[3]:
        return _NAMED[entity[3]]
    code = int(entity[1]) if entity[1] else int(entity[2], 16)
    if code > 0x10FFFF or code < 9 or 0xD800 <= code < 0xE000:
        raise ValueError(f"the sheet's XML is broken: {entity[0]} is no character")
    return chr(code)
