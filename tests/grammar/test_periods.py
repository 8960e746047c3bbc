"""Periods as documents write them."""

from datetime import date

import pytest

from shanhai.errors import CellError
from shanhai.grammar.periods import parse_period, previous_year


@pytest.mark.parametrize(
    ("text", "accum", "expected"),
    [
        ("2023", "YTD", ("A", "2023", date(2023, 1, 1), date(2023, 12, 31))),
        ("2023-Q3", "YTD", ("Q", "2023-Q3", date(2023, 1, 1), date(2023, 9, 30))),
        ("2023-Q3", "DISC", ("Q", "2023-Q3", date(2023, 7, 1), date(2023, 9, 30))),
        ("2025-S1", "YTD", ("S", "2025-S1", date(2025, 1, 1), date(2025, 6, 30))),
        ("2020", "PIT", ("A", "2020", None, date(2020, 12, 31))),
        ("2024-02", "YTD", ("M", "2024-02", date(2024, 1, 1), date(2024, 2, 29))),
        ("2022-05-27", "PIT", ("D", "2022-05-27", None, date(2022, 5, 27))),
        ("2018..2023-02", "CUM", ("M", "2023-02", date(2018, 1, 1), date(2023, 2, 28))),
        ("undated", "YTD", (None, None, None, None)),
    ],
)
def test_a_period_has_its_first_and_last_day(text: str, accum: str, expected: tuple[object, ...]) -> None:
    period = parse_period(text, accum)
    assert (period.freq, period.time_period, period.start, period.end) == expected


@pytest.mark.parametrize(
    ("text", "accum"), [("20203", "YTD"), ("2023-Q5", "YTD"), ("1-3季度", "YTD"), ("2018..2023", "YTD")]
)
def test_what_is_not_a_period_is_refused(text: str, accum: str) -> None:
    with pytest.raises(CellError):
        parse_period(text, accum)


def test_the_previous_year_keeps_the_quarter() -> None:
    assert previous_year("2023-Q3") == "2022-Q3"
