"""CSV: cells by row and column (`R4C8`), decoded strictly."""

import csv
import io

from shanhai.carriers.grid import Cell, Grid


def read_separated(content: bytes, encoding: str) -> Grid:
    """The rows of a CSV file; raises UnicodeDecodeError when a byte is not of the declared encoding."""
    text = content.decode("utf-8-sig" if encoding == "utf-8" else encoding, errors="strict")
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    return Grid([[Cell(value, f"R{r}C{c}") for c, value in enumerate(row, 1)] for r, row in enumerate(rows, 1)])
