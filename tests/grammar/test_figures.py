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


# One row for each step of §2.7 that must come before another: the printed cell, its symbols, what the order gives.
ORDER = [
    ("mark of a note before NFKC, which would make 9514351", "951435①", {}, "951435"),
    ("raised digit before NFKC, which would make 12.52", "12.5²", {}, "12.5"),
    ("lowered digit before NFKC", "12₁", {}, "12"),
    ("full-width bracket before NFKC", "12［1］", {}, "12"),
    ("note before the dictionary", "…①", {"…": "below_unit"}, "N"),
    ("dictionary before notes, where the note sign is declared", "*", {"*": "suppressed"}, "Q"),
    ("dictionary before NFKC, which would make ...", "…", {"…": "below_unit"}, "N"),
    ("dictionary before signs", "—", {"—": "not_available"}, "O"),
    ("full width before separators", "１，２３４．５", {}, "1234.5"),
    ("full-width minus before the sign", "－3.2", {}, "-3.2"),
    ("brackets in full width before the sign", "（3.2）", {}, "-3.2"),
    ("sign before separators", "▲1,234", {}, "-1234"),
    ("separators before the limit of digits", "123,456,789", {}, "123456789"),
]


@pytest.mark.parametrize(("step", "printed", "symbols", "expected"), ORDER, ids=[row[0] for row in ORDER])
def test_the_steps_come_in_their_order(step: str, printed: str, symbols: dict[str, str], expected: str) -> None:
    figure = read_cell(printed, symbols)
    assert (figure.missing_status or str(figure.value)) == expected, step


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("12①34", "between digits"),
        ("95[1]14", "between digits"),
        ("①", "without a figure"),
        ("*", "without a figure"),
        ("5½", "no digit of a figure"),
        ("12⒈", "no digit of a figure"),
        ("12 34", "not a number"),
        ("12\u00a034", "not a number"),
        ("1,2345", "not a number"),
        ("1234,567", "not a number"),
        ("12,345,", "not a number"),
        (",123", "not a number"),
        ("1,234,56", "not a number"),
        ("▲", "not a number"),
        ("▲-3.2", "not a number"),
        ("(3.2", "not a number"),
        ("3.2)", "not a number"),
        ("▲3.2)", "not a number"),
        ("((3.2))", "not a number"),
        ("--3.2", "not a number"),
        ("3.2-", "not a number"),
        ("(注)", "not a number"),
        ("3.", "not a number"),
        (".5", "not a number"),
        ("1e5", "not a number"),
        ("٣", "not a number"),
        ("一①", "numeral one"),
        ("二", "not a number"),
        ("1.2倍", "not a number"),
        ("123456789", "several numbers"),
        ("4.25.0", "several numbers"),
    ],
)
def test_a_cell_is_refused_with_its_reason(printed: str, expected: str) -> None:
    with pytest.raises(CellError, match=expected):
        read_cell(printed, {"": "ambiguous"})


def test_a_figure_is_never_a_float() -> None:
    assert read_number("0.1").value == Decimal("0.1")
