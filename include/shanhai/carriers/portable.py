"""PDF files with a text layer: the cells of one table by page, table, row and column (`P3T1R4C2`).

A scanned page is named as such and never guessed.
"""

import io
import logging
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from shanhai.carriers.grid import Canvas, Grid

if TYPE_CHECKING:
    from pdfplumber.table import Table

_MOST_UNPACKED = 256 * 2**20
_MOST_DRAWN = 2 * 2**20  # a page of tables takes some 100 kB, and each letter of it a kilobyte of memory
_PIECE = 2**16
# What the parser mentions and does without, and nothing is read of; whatever else it mentions is print that is lost.
_HARMLESS = re.compile(r"colou?r|gray|marked-content|line width|FontBBox|page label|rendering mode|xref")
_BY_WORDS = {"vertical_strategy": "text", "horizontal_strategy": "text"}


def read_portable(content: bytes, page: int, table: int, ruled: bool = True) -> Grid:
    """The cells of table number `table` of a page; `ruled` tables are found by their lines, others by white space.

    Raises ValueError when the page has no such table, or is scanned and has no text layer.
    """
    import pdfplumber

    _check_streams(content)
    try:
        with _nothing_lost(), pdfplumber.open(io.BytesIO(content)) as file:
            if page > len(file.pages):
                raise ValueError(f"no page {page}; the file has {len(file.pages)}")
            opened = file.pages[page - 1]
            if sum(len(stream.get_data()) for stream in opened.page_obj.contents) > _MOST_DRAWN:
                raise ValueError(f"page {page} is drawn by more than {_MOST_DRAWN} bytes")
            if not opened.chars:
                raise ValueError(f"page {page} is scanned, has no text layer")
            found = opened.find_tables({} if ruled else _BY_WORDS)
            if table > len(found):
                raise ValueError(f"no table {table} on page {page}; it has {len(found)}")
            return _grid(found[table - 1], f"P{page}T{table}")
    except (ValueError, MemoryError):
        raise
    except Exception as error:  # of broken bytes the parser raises what it happens to meet
        raise ValueError(f"the PDF is broken or locked: {error!r}") from error


@contextmanager
def _nothing_lost() -> Iterator[None]:
    """Raises ValueError where the parser would leave out what it cannot draw or unpack, which it else only logs."""
    from pdfminer import settings

    lost: list[str] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if not _HARMLESS.search(record.getMessage()):
                lost.append(record.getMessage())

    parser, listener = logging.getLogger("pdfminer"), Listener(logging.WARNING)
    level, propagates = parser.level, parser.propagate
    parser.addHandler(listener)
    parser.setLevel(logging.WARNING)
    parser.propagate = False
    strict, settings.STRICT = settings.STRICT, True
    try:
        yield
    finally:
        settings.STRICT = strict
        parser.removeHandler(listener)
        parser.setLevel(level)
        parser.propagate = propagates
    if lost:
        raise ValueError(f"the PDF is damaged, and something printed is lost: {lost[0][:500]}")


def _check_streams(content: bytes) -> None:
    """Raise ValueError when the compressed streams unpack to more than memory should hold."""
    unpacked = 0
    for match in re.finditer(rb"stream\r?\n", content):
        inflater = zlib.decompressobj()
        for start in range(match.end(), len(content), _PIECE):
            piece = content[start : start + _PIECE]
            try:
                while piece and not inflater.eof:
                    unpacked += len(inflater.decompress(piece, _PIECE))
                    piece = inflater.unconsumed_tail
                    if unpacked > _MOST_UNPACKED:
                        raise ValueError(f"the streams of the PDF unpack to more than {_MOST_UNPACKED} bytes")
            except zlib.error:
                break
            if inflater.eof:
                break


def _grid(table: "Table", prefix: str) -> Grid:
    """Cells placed by their corners, so that a merged one covers the lines it crosses."""
    lefts = sorted({cell[0] for cell in table.cells})
    tops = sorted({cell[1] for cell in table.cells})
    canvas = Canvas(len(tops), prefix)
    for row, texts in zip(table.rows, table.extract(), strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            if cell is not None:
                left, top, right, bottom = cell
                down = sum(top <= each < bottom for each in tops)
                across = sum(left <= each < right for each in lefts)
                canvas.put(text or "", tops.index(top), lefts.index(left), down, across)
    return canvas.grid()
