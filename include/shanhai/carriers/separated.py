"""Separated values (CSV, TSV): cells by row and column (`R4C8`), decoded strictly."""

import csv
import io

from shanhai.carriers.decoding import decode
from shanhai.carriers.grid import Cell, Grid, bounded


def read_separated(content: bytes, encoding: str, delimiter: str = ",") -> Grid:
    """The rows of the file; raises ValueError when a byte is not of the declared encoding or a quote stays open."""
    rows: list[list[Cell]] = []
    count = 0
    try:
        for r, row in enumerate(
            csv.reader(io.StringIO(decode(content, encoding), newline=""), delimiter=delimiter, strict=True), 1
        ):
            count = bounded(count + len(row))
            rows.append([Cell(value, f"R{r}C{c}") for c, value in enumerate(row, 1)])
    except csv.Error as error:
        raise ValueError(f"row {len(rows) + 1}: {error}") from error
    return Grid(rows)
