"""Whole columns of plain figures (951435, 99894.85) read at once, each as `read_cell` reads it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from shanhai.errors import CellError

_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")


@dataclass(frozen=True, slots=True)
class FigureColumn:
    """Figures that print nothing but a number: as printed, the exact number in the printed unit, its decimals."""

    printed: Sequence[str]
    values: list[Decimal]
    decimals: Sequence[int]


def read_column(printed: Sequence[str], most_digits: int) -> FigureColumn:
    """The figures of a column of at least one cell; raises CellError when a cell is not plain.

    A cell is plain when it holds a number in digits, with a minus or none, without separators, and at most
    `most_digits` digits on either side of its decimal point.
    """
    joined = "\0".join(printed) + "\0"
    places = _places(printed[0])
    if _run(most_digits, places).fullmatch(joined):  # most columns print as many decimals in every cell
        return FigureColumn(printed, list(map(Decimal, printed)), [places] * len(printed))
    if _run(most_digits, None).fullmatch(joined):
        return FigureColumn(printed, list(map(Decimal, printed)), list(map(_places, printed)))
    raise CellError("prints more than a number")


def unplain_cells(printed: Sequence[str], most_digits: int) -> Iterable[int]:
    """Indexes of the cells of a column that are not plain."""
    joined, run, at, index = "\0".join(printed) + "\0", _run(most_digits, None), 0, 0
    while at < len(joined):
        match = run.match(joined, at)
        end = match.end() if match else at
        index += joined.count("\0", at, end)
        if end < len(joined):
            yield index
            index, end = index + 1, joined.index("\0", end) + 1
        at = end


def holds_number(text: str) -> bool:
    """Whether a text is a plain cell, of however many digits."""
    return _NUMBER.fullmatch(text) is not None


def _places(number: str) -> int:
    return len(number.partition(".")[2])


@lru_cache(maxsize=256)
def _run(most_digits: int, places: int | None) -> re.Pattern[str]:
    """Matches plain cells, each with NUL behind it; of as many decimals where that is told."""
    fraction = rf"(?:\.[0-9]{{1,{most_digits}}})?" if places is None else rf"\.[0-9]{{{places}}}" if places else ""
    if places is not None and places > most_digits:
        return re.compile("(?!)")
    return re.compile(rf"(?:-?[0-9]{{1,{most_digits}}}{fraction}\0)*+")
