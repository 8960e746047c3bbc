"""Separated values (CSV, TSV): cells by row and column (`R4C8`), decoded strictly."""

import csv
import re
from collections.abc import Iterator

from shanhai.carriers.decoding import decode
from shanhai.carriers.grid import Grid, PackedRows, bounded


def read_separated(content: bytes, encoding: str, delimiter: str = ",") -> Grid:
    """The rows of the file; raises ValueError when a byte is not of the declared encoding or a quote stays open."""
    rows = PackedRows(padded=False)
    text = decode(content, encoding)
    bounded(text.count(delimiter))  # before the parser makes a list of a row that is all delimiters
    try:
        for row in csv.reader(_lines(text), delimiter=delimiter, strict=True):
            rows.append(row)
    except csv.Error as error:
        raise ValueError(f"row {len(rows) + 1}: {error}") from error
    return Grid(rows)


def _lines(text: str) -> Iterator[str]:
    """The lines with their ends, one after the other: a copy of the whole would take four bytes a character."""
    return (line[0] for line in re.finditer(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+", text))
