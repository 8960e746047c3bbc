"""Periods as documents write them."""

from datetime import date

import pytest

from shanhai.errors import CellError
from shanhai.grammar.periods import parse_period, previous_year, read_printed_period


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


@pytest.mark.parametrize(
    ("printed", "base", "expected"),
    [
        (["2023"], None, "2023"),
        (["2023年①"], None, "2023"),
        (["2023年末"], None, "2023"),
        (["2023年>1—9月"], None, "2023-Q3"),
        (["2024年1-2月"], None, "2024-02"),
        (["１—１０月"], "2024", "2024-10"),
        (["前三季度"], "2023-Q3", "2023-Q3"),
        (["2023年", "三季度"], None, "2023-Q3"),
        (["2013年1季度"], None, "2013-Q1"),
        (["2023Q4"], None, "2023-Q4"),
        (["上半年"], "2025", "2025-S1"),
        (["2023年全年"], None, "2023"),
        (["十一月"], "2020", "2020-11"),
        (["2023.9月"], None, "2023-09"),
    ],
)
def test_a_printed_period_reads(printed: list[str], base: str | None, expected: str) -> None:
    assert read_printed_period(printed, base) == expected


@pytest.mark.parametrize(
    ("printed", "base"),
    [
        (["20203"], None), (["2020", "2021"], None), (["2019-2020年"], None), (["三季度"], None), (["合计"], "2020"),
        (["2020年5季度"], None), (["13月"], "2020"), ([""], "2020"), (["十三五"], "2020"), (["1950年代"], None),
    ],
)  # fmt: skip
def test_a_printed_text_that_is_no_sure_period_is_refused(printed: list[str], base: str | None) -> None:
    with pytest.raises(CellError):
        read_printed_period(printed, base)
