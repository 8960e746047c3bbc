"""The cell grammar: each hazard of printed figures reads right or is refused."""

from decimal import Decimal

import pytest

from shanhai.errors import CellError
from shanhai.grammar.figures import read_cell, read_number

SYMBOLS = {"": "ambiguous", "…": "below_unit", "-": "not_available"}


@pytest.mark.parametrize(
    ("printed", "value", "decimals"),
    [
        ("951435", "951435", 0),
        ("951435①", "951435", 0),
        ("12.5²", "12.5", 1),
        ("12.5[1]", "12.5", 1),
        ("１，２３４．５", "1234.5", 1),
        ("1,234,567", "1234567", 0),
        ("−0.86", "-0.86", 2),
        ("▲ 3.2", "-3.2", 1),
        ("(3.2)", "-3.2", 1),
        ("1·8", "1.8", 1),
        (" 8003.61 ", "8003.61", 2),
    ],
)
def test_a_printed_number_reads_exactly(printed: str, value: str, decimals: int) -> None:
    figure = read_cell(printed, SYMBOLS)
    assert figure.value == Decimal(value)
    assert figure.decimals == decimals
    assert figure.printed == printed


@pytest.mark.parametrize(
    ("printed", "value", "status"), [("…", Decimal(0), "N"), ("-", None, "O"), ("", None, "O"), ("  ", None, "O")]
)
def test_a_mark_means_what_the_publication_declares(printed: str, value: Decimal | None, status: str) -> None:
    figure = read_cell(printed, SYMBOLS)
    assert (figure.value, figure.missing_status) == (value, status)


@pytest.mark.parametrize("printed", ["23323395346268", "4.2.5", "一", "—", "NA", "12,34", "约100", "12 亿"])
def test_what_is_not_one_number_is_refused(printed: str) -> None:
    with pytest.raises(CellError):
        read_cell(printed, {"": "ambiguous"})


def test_a_figure_is_never_a_float() -> None:
    assert read_number("0.1").value == Decimal("0.1")
