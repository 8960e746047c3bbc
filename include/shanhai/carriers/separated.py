"""Separated values (CSV, TSV): cells by row and column (`R4C8`), decoded strictly."""

import csv
import io

from shanhai.carriers.decoding import decode
from shanhai.carriers.grid import Grid, PackedRows


def read_separated(content: bytes, encoding: str, delimiter: str = ",") -> Grid:
    """The rows of the file; raises ValueError when a byte is not of the declared encoding or a quote stays open."""
    rows = PackedRows(padded=False)
    try:
        for row in csv.reader(io.StringIO(decode(content, encoding), newline=""), delimiter=delimiter, strict=True):
            rows.append(row)
    except csv.Error as error:
        raise ValueError(f"row {len(rows) + 1}: {error}") from error
    return Grid(rows)
