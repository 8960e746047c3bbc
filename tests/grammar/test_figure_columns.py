"""A column of plain figures reads as each of its cells does by itself."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shanhai.errors import CellError
from shanhai.grammar.figure_columns import holds_number, read_column, unplain_cells
from shanhai.grammar.figures import read_cell

DIGITS = st.integers(0, 99_999_999).map(str)
PLAIN = st.tuples(
    st.sampled_from(["", "-", "0"]), DIGITS, st.one_of(st.just(""), DIGITS.map(lambda d: f".0{d[:7]}"))
).map(lambda parts: parts[0] + parts[1][: 8 - parts[0].count("0")] + parts[2])
UNHURRIED = settings(deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
ODD = st.sampled_from(
    ["", "…", " 1", "1 ", "+1", "1,234", "1.", ".5", "1.2.3", "1e5", "1_0", "３", "123456789", "0.123456789", "7\n"]
)  # fmt: skip


@UNHURRIED
@given(st.lists(PLAIN, min_size=1, max_size=40))
def test_plain_figures_read_as_cells(printed: list[str]) -> None:
    column = read_column(printed, 8)
    cells = [read_cell(text, {}, 8) for text in printed]
    assert [str(value) for value in column.values] == [str(cell.value) for cell in cells]
    assert list(column.decimals) == [cell.decimals for cell in cells]
    assert list(column.printed) == printed


def test_a_column_of_as_many_decimals_in_every_cell_reads_like_any_other() -> None:
    assert read_column(["1.50", "-0.25"], 8).decimals == [2, 2]
    assert read_column(["1.50", "-0.2"], 8).decimals == [2, 1]


@UNHURRIED
@given(st.lists(st.one_of(PLAIN, ODD), min_size=1, max_size=40))
def test_cells_that_are_not_plain_are_told(printed: list[str]) -> None:
    odd = [index for index, text in enumerate(printed) if not holds_number(text) or len(text.strip("-")) > 17]
    odd = sorted({*odd, *(index for index, text in enumerate(printed) if text in ("123456789", "0.123456789"))})
    assert list(unplain_cells(printed, 8)) == odd
    if odd:
        with pytest.raises(CellError, match="more than a number"):
            read_column(printed, 8)
