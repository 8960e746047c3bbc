"""Elements of a sheet's XML as they come: rows with their stored cells, merged ranges, hidden columns."""

import re
from collections.abc import Callable
from typing import NamedTuple
from xml.parsers import expat

from shanhai.carriers.grid import bounded, column_number

_PLACE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_MOST_TEXT = 1_000_000  # Excel itself ends at 32,767 characters
_MOST_COLUMNS = 16_384
_MOST_RANGES = 500_000

Range = tuple[tuple[int, int], tuple[int, int]]


class Stored(NamedTuple):
    """A cell as the sheet stores it; its text is None where it stores none."""

    column: int
    style: str | None
    kind: str | None
    text: str | None
    has_formula: bool


class SheetElements:
    """Parses a sheet piece by piece and hands each row on: its number if it has one, whether it is hidden, its cells.

    Prefixes of names do not matter. Raises ValueError when the XML is broken, not UTF-8 or declares a document type.
    """

    def __init__(self, put: Callable[[int | None, bool, list[Stored]], None]) -> None:
        self.hidden_columns: list[tuple[int, int]] = []
        self.merged: list[Range] = []
        self._put = put
        self._row: tuple[int | None, bool] | None = None
        self._cells: list[Stored] = []
        self._cell: dict[str, str] | None = None
        self._column = self._phonetic = 0
        self._text: list[str] | None = None
        self._has_formula = self._collects = False
        self._parser = parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.XmlDeclHandler = self._declaration
        parser.StartDoctypeDeclHandler = self._document_type

    def feed(self, piece: bytes, is_last: bool = False) -> None:
        """Parse a further piece."""
        try:
            self._parser.Parse(piece, is_last)
        except (expat.ExpatError, KeyError) as error:
            raise ValueError(f"the sheet's XML is broken: {error}") from error

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(":")[2]
        if tag == "c" and self._row is not None:
            self._open_cell(attributes)
        elif self._cell is not None:
            if tag == "f":
                self._has_formula = True
            elif tag == "rPh":
                self._phonetic += 1  # how the characters sound is not what the cell shows
            elif tag in ("v", "t") and not self._phonetic:
                self._collects = True
                self._text = self._text or []
        elif tag == "row":
            number = int(attributes["r"]) if "r" in attributes else None
            self._row, self._cells, self._column = (number, hides(attributes, "ht")), [], 0
        elif tag == "col" and hides(attributes, "width"):
            self.hidden_columns.append((int(attributes["min"]), int(attributes["max"])))
        elif tag == "mergeCell":
            first, _, last = attributes["ref"].partition(":")
            self.merged.append((place_of(first), place_of(last or first)))
            bounded(len(self.merged), _MOST_RANGES)

    def _open_cell(self, attributes: dict[str, str]) -> None:
        column = self._column + 1
        if "r" in attributes and self._row is not None:
            row, column = place_of(attributes["r"])
            if self._row[0] not in (None, row):
                raise ValueError(f"the cell {attributes['r']} stands in row {self._row[0]}")
            self._row = row, self._row[1]
        if column <= self._column:
            raise ValueError(f"the cell {attributes.get('r')} stands behind another that it should precede")
        if column > _MOST_COLUMNS:
            raise ValueError(f"a row has more than {_MOST_COLUMNS} columns")
        self._column, self._cell = column, attributes
        self._text, self._has_formula, self._phonetic = None, False, 0

    def _end(self, name: str) -> None:
        tag = name.rpartition(":")[2]
        if self._cell is not None:
            if tag in ("v", "t"):
                self._collects = False
            elif tag == "rPh":
                self._phonetic -= 1
            elif tag == "c":
                text = None if self._text is None else "".join(self._text)
                kind, style = self._cell.get("t"), self._cell.get("s")
                self._cells.append(Stored(self._column, style, kind, text, self._has_formula))
                self._cell = None
        elif tag == "row" and self._row is not None:
            self._put(*self._row, self._cells)
            self._row = None

    def _characters(self, text: str) -> None:
        if self._collects and self._text is not None:
            self._text.append(text)
            if sum(map(len, self._text)) > _MOST_TEXT:
                raise ValueError(f"a cell holds more than {_MOST_TEXT} characters")

    def _declaration(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if encoding is not None and encoding.lower() not in ("utf-8", "us-ascii"):
            raise ValueError(f"the sheet says it is {encoding}, not UTF-8")

    def _document_type(self, *_: object) -> None:
        raise ValueError("the sheet declares a document type, which may hold entities")


def hides(attributes: dict[str, str], size: str) -> bool:
    """Whether the attributes of a row or column hide it: in words or by a size of nothing."""
    return attributes.get("hidden") in ("1", "true") or float(attributes.get(size) or 1) == 0


def place_of(reference: str) -> tuple[int, int]:
    """Row and column of an address such as H5."""
    match = _PLACE.fullmatch(reference)
    if not match:
        raise ValueError(f"{reference!r} is not the address of a cell")
    return int(match[2]), column_number(match[1])
