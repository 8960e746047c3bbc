"""One sheet of a workbook, read in one pass over its XML as it unpacks: the texts it shows, and what it hides.

Nearly every row of a statistical table is of one plain form; such rows are cut by one expression and shown column by
column. Every other row and all that stands around the rows goes through a parser of XML, so that each byte is either
matched or parsed.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from shanhai.carriers.grid import PackedRows
from shanhai.carriers.row_forms import CutRows, RowForms
from shanhai.carriers.sheet_elements import Range, SheetElements, Stored
from shanhai.carriers.showing import Show, Showing
from shanhai.errors import CellError

_ROW_END = b"</row>"
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
        self._sheet = Sheet()
        self._elements = SheetElements(self._put_stored)
        self._forms = RowForms(showing)
        self._number = 0
        self._least: dict[int, int] = {}  # columns that a row has at least, whose last cell has no printed text

    def read(self, pieces: Iterable[bytes]) -> Sheet:
        """The sheet whose XML comes in pieces; raises ValueError when it is broken or out of bounds."""
        rest, is_head, is_plain = b"", True, True
        for piece in pieces:
            is_plain = is_plain and not _takes_parser(rest, piece)
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
                    self._read_rows(rows + end)
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
        rows, at = part.decode("utf-8"), 0
        while at < len(rows):
            start = at
            cut, at = self._forms.cut(rows, start)
            if cut is None:
                self._elements.feed(rows[start:at].encode())
            else:
                self._put_cut(cut)

    def _put_cut(self, rows: CutRows) -> None:
        form, numbers, hidden, stored = rows
        self._open_rows(numbers)
        self._sheet.hidden_rows.update(hidden)
        columns: list[Sequence[str]] = []
        for column, showing, texts in zip(form.columns, form.showings, stored, strict=True):
            try:
                columns.append(showing.column(texts))
            except CellError:
                columns.append(
                    [self._shown(showing.show, text, n, column) for n, text in zip(numbers, texts, strict=True)]
                )
        for gap in form.gaps:
            columns.insert(gap - 1, [""] * len(numbers))
        shown = list(zip(*columns, strict=True)) if columns else [()] * len(numbers)
        if columns and "" not in columns[-1] and numbers[-1] - numbers[0] == len(numbers) - 1:
            self._sheet.rows.skip_to(numbers[0])
            self._sheet.rows.extend(shown)
        else:
            for number, texts in zip(numbers, shown, strict=True):
                self._put_row(number, list(texts))

    def _put_stored(self, number: int | None, is_hidden: bool, cells: list[Stored]) -> None:
        number = self._number + 1 if number is None else number
        self._open_rows([number])
        if is_hidden:
            self._sheet.hidden_rows.add(number)
        texts: list[str] = []
        for column, style, kind, text, has_formula in cells:
            texts += [""] * (column - len(texts))
            if has_formula and not text and (text is None or kind != "str"):
                self._refuse(number, column, CellError(_NEVER_COMPUTED))
            elif text:
                texts[column - 1] = self._shown(self._showing(style, kind).show, text, number, column)
        self._put_row(number, texts)

    def _open_rows(self, numbers: list[int]) -> None:
        self._least.clear()
        for number in numbers:
            if number <= self._number:
                raise ValueError(f"row {number} stands below row {self._number}")
            self._number = number

    def _put_row(self, number: int, texts: list[str]) -> None:
        least = self._least.get(number, 0)
        while len(texts) > least and not texts[-1]:
            texts.pop()
        if texts:  # rows without texts at the end of a sheet are not of it
            self._sheet.rows.skip_to(number)
            self._sheet.rows.extend([texts])

    def _shown(self, show: Show, text: str, row: int, column: int) -> str:
        try:
            return show(text) if text else ""
        except CellError as error:
            return self._refuse(row, column, error)

    def _refuse(self, row: int, column: int, problem: CellError) -> str:
        self._sheet.unreadable[row, column] = str(problem)
        self._least[row] = max(column, self._least.get(row, 0))
        if len(self._sheet.unreadable) > _MOST_UNREADABLE:
            raise ValueError(f"more than {_MOST_UNREADABLE} cells have no printed text; the last {problem}")
        return ""


def _takes_parser(before: bytes, piece: bytes) -> bool:
    """Whether a comment or the like begins here, which may hold anything, even cells; or NUL, which nothing may."""
    is_cut = before.endswith(b"<") and piece.startswith((b"!", b"?"))
    has_one = (b"!" in piece and b"<!" in piece) or (b"?" in piece and piece.find(b"<?", 0 if before else 5) >= 0)
    return is_cut or b"\0" in piece or has_one
