"""Quarters and the days of the programme."""

from datetime import date

import pytest

from shanhai.audit.quarter import Quarter


@pytest.mark.parametrize(("text", "end", "freeze", "sign_off"), [
    ("2023Q3", date(2023, 9, 30), date(2023, 11, 4), date(2023, 11, 14)),
    ("2023-Q4", date(2023, 12, 31), date(2024, 2, 4), date(2024, 2, 14)),
    ("2024q1", date(2024, 3, 31), date(2024, 5, 5), date(2024, 5, 15)),
])  # fmt: skip
def test_a_quarter_knows_its_days(text: str, end: date, freeze: date, sign_off: date) -> None:
    quarter = Quarter.parse(text)
    assert (quarter.end, quarter.due("freeze"), quarter.due("sign_off")) == (end, freeze, sign_off)
    assert quarter.after().before() == quarter


def test_the_last_frozen_quarter_is_audited_and_nonsense_is_refused() -> None:
    assert Quarter.frozen_by(date(2026, 11, 4)) == Quarter(2026, 3)
    assert Quarter.frozen_by(date(2026, 11, 3)) == Quarter(2026, 2)
    assert Quarter.frozen_by(date(2027, 1, 5)) == Quarter(2026, 3)
    with pytest.raises(ValueError, match="write 2023Q3"):
        Quarter.parse("2023Q5")
