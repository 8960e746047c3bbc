"""One sheet of a workbook, read in one pass over its XML as it unpacks: the texts it shows, and what it hides.

Nearly every row of a statistical table is of one plain form; such rows are cut by one expression. Every other row and
all that stands around the rows goes through a parser of XML, so that each byte is either matched or parsed.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from shanhai.carriers.grid import PackedRows
from shanhai.carriers.row_forms import CutRow, RowForm, RowForms, Show, Showing
from shanhai.carriers.sheet_elements import Range, SheetElements, Stored
from shanhai.errors import CellError

_ROW_END = b"</row>"
# Numbers that a sheet without a format shows as they are stored: at most fifteen digits, no power, no idle zeros.
_PLAIN = re.compile(r"(?:(?:-?[1-9][0-9]{0,14}(?:\.[0-9]++(?<!0))?|0|-?0\.[0-9]++(?<!0)|)(?:\0|$))*+")
_LONGEST_PLAIN = 16
_MOST_ROW = 16 * 2**20
_MOST_UNREADABLE = 50_000
_NEVER_COMPUTED = "holds a formula without a computed value; save the workbook computed"


@dataclass
class Sheet:
    """The texts that a sheet shows, by row and column from 1, and what it says of them."""

    rows: PackedRows = field(default_factory=PackedRows)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    merged: list[Range] = field(default_factory=list)
    unreadable: dict[tuple[int, int], str] = field(default_factory=dict)


class SheetReader:
    """Reads one sheet; `showing` tells how cells of a style and kind show what they store."""

    def __init__(self, showing: Callable[[str | None, str | None], Showing]) -> None:
        self._showing = showing
        self._show_number = showing(None, None).show
        self._sheet = Sheet()
        self._elements = SheetElements(self._put_stored)
        self._forms = RowForms(showing)
        self._number = self._least = 0

    def read(self, pieces: Iterable[bytes]) -> Sheet:
        """The sheet whose XML comes in pieces; raises ValueError when it is broken or out of bounds."""
        rest, is_head, is_plain = b"", True, True
        for piece in pieces:
            is_plain = is_plain and not _has_declaration(rest, piece)
            rest += piece
            if is_head and is_plain:
                head, start, body = rest.partition(b"<sheetData>")
                if not start and len(rest) < _MOST_ROW:
                    continue
                self._elements.feed(head + start)
                rest, is_head, is_plain = body, False, bool(start)
            if is_plain:
                rows, end, rest = rest.rpartition(_ROW_END)
                if end:
                    self._read_rows(rows)
                is_plain = b"</sheetData" not in rest
                if is_plain and len(rest) > _MOST_ROW:
                    raise ValueError(f"a row has more than {_MOST_ROW} bytes")
            if not is_plain:
                self._elements.feed(rest)
                rest = b""
        self._elements.feed(rest, is_last=True)
        self._sheet.merged, self._sheet.hidden_columns = self._elements.merged, self._elements.hidden_columns
        return self._sheet

    def _read_rows(self, part: bytes) -> None:
        for row in part.decode("utf-8").split("</row>"):
            cut = self._forms.cut(row)
            if cut is None:
                self._elements.feed(f"{row}</row>".encode())
            else:
                self._put(cut)

    def _put(self, row: CutRow) -> None:
        number, is_hidden, form, texts = row
        self._open_row(number, is_hidden)
        numbers = [texts[i] for i in form.numbers] if form.others else texts
        if numbers and max(map(len, numbers)) > _LONGEST_PLAIN:  # noise of binary floats, in a few cells of many rows
            self._show_numbers(number, form, texts, _LONGEST_PLAIN)
            numbers = [texts[i] for i in form.numbers]
        if not _PLAIN.fullmatch("\0".join(numbers)):
            self._show_numbers(number, form, texts, 0)
        for i, show in form.others:
            if text := texts[i]:
                try:
                    texts[i] = show(text)
                except CellError as error:
                    texts[i] = self._refuse(number, form.columns[i], error)
        self._close_row(form.spaced(texts))

    def _put_stored(self, number: int | None, is_hidden: bool, cells: list[Stored]) -> None:
        number = self._number + 1 if number is None else number
        self._open_row(number, is_hidden)
        texts: list[str] = []
        for column, style, kind, text, has_formula in cells:
            texts += [""] * (column - len(texts))
            if has_formula and not text and (text is None or kind != "str"):
                self._refuse(number, column, CellError(_NEVER_COMPUTED))
            elif text:
                texts[column - 1] = self._shown(self._showing(style, kind).show, text, number, column)
        self._close_row(texts)

    def _open_row(self, number: int, is_hidden: bool) -> None:
        if number <= self._number:
            raise ValueError(f"row {number} stands below row {self._number}")
        self._number, self._least = number, 0
        if is_hidden:
            self._sheet.hidden_rows.add(number)

    def _close_row(self, texts: list[str]) -> None:
        while len(texts) > self._least and not texts[-1]:
            texts.pop()
        if texts:  # rows without texts at the end of a sheet are not of it
            self._sheet.rows.skip_to(self._number)
            self._sheet.rows.append(texts)

    def _show_numbers(self, row: int, form: RowForm, texts: list[str], longer_than: int) -> None:
        for i in form.numbers:
            if len(texts[i]) > longer_than:
                texts[i] = self._shown(self._show_number, texts[i], row, form.columns[i])

    def _shown(self, show: Show, text: str, row: int, column: int) -> str:
        try:
            return show(text)
        except CellError as error:
            return self._refuse(row, column, error)

    def _refuse(self, row: int, column: int, problem: CellError) -> str:
        self._sheet.unreadable[row, column] = str(problem)
        self._least = column
        if len(self._sheet.unreadable) > _MOST_UNREADABLE:
            raise ValueError(f"more than {_MOST_UNREADABLE} cells have no printed text; the last {problem}")
        return ""


def _has_declaration(before: bytes, piece: bytes) -> bool:
    """Whether a comment or the like begins here, which may hold anything, even what looks like cells."""
    is_cut = before.endswith(b"<") and piece.startswith((b"!", b"?"))
    return is_cut or b"<!" in piece or piece.find(b"<?", 0 if before else 5) >= 0
