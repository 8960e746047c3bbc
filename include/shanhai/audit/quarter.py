"""A quarter and the days of its audit programme (domain §6.1, T = the quarter's last day)."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

STEPS = {"freeze": 35, "catalogue": 36, "reconciliation": 38, "sampling": 40, "queries": 42, "sign_off": 45}


@dataclass(frozen=True, order=True)
class Quarter:
    """One quarter of a year, written `2023Q3`."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> "Quarter":
        """The quarter that `text` names; raises ValueError otherwise."""
        found = re.fullmatch(r"(\d{4})-?Q([1-4])", text.strip().upper())
        if not found:
            raise ValueError(f"{text!r} is no quarter; write 2023Q3 · 季度请写作 2023Q3")
        return cls(int(found[1]), int(found[2]))

    @classmethod
    def frozen_by(cls, day: date) -> "Quarter":
        """The last quarter whose freeze has passed on `day`."""
        quarter = cls(day.year, (day.month - 1) // 3 + 1)
        while quarter.due("freeze") > day:
            quarter = quarter.before()
        return quarter

    def __str__(self) -> str:
        return f"{self.year}Q{self.number}"

    @property
    def start(self) -> date:
        """Its first day."""
        return date(self.year, self.number * 3 - 2, 1)

    @property
    def end(self) -> date:
        """Its last day, the T of the programme."""
        following = self.after()
        return following.start - timedelta(days=1)

    def after(self) -> "Quarter":
        """The next quarter."""
        return Quarter(self.year + self.number // 4, self.number % 4 + 1)

    def before(self) -> "Quarter":
        """The quarter before."""
        return Quarter(self.year - (self.number == 1), (self.number - 2) % 4 + 1)

    def due(self, step: str) -> date:
        """The day on which a step of the programme is due."""
        return self.end + timedelta(days=STEPS[step])
