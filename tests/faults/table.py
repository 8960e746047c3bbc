"""Which faults are tried, and the table of those that were: where, which, and how the verb ended."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

# A server takes a second to come back, a worker nothing.
_MOST = {"worker killed": 10, "connection cut": 5, "postgres killed": 3, "postgres restarted": 3}
_FILES = ("fsync", "rename")
_QUESTIONS = ("select", "show", "set", "rollback", "savepoint", "release", "with", "dbt: select")


def chosen(points: list[str], kind: str) -> list[int]:
    """Where a fault of the kind is tried: at the first point, and at the first and last of each that changes something.

    A connection that is cut matters only where there is one. No more points than `_MOST`, from the first to the last.
    """
    telling: dict[str, list[int]] = {points[0]: [1]}
    for number, label in enumerate(points, 1):
        if not label.lower().startswith(_QUESTIONS) and not (kind == "connection cut" and label.startswith(_FILES)):
            telling.setdefault(label, []).append(number)
    numbers = sorted({number for each in telling.values() for number in (each[0], each[-1])})
    most = min(_MOST[kind], len(numbers))
    return [numbers[round(step * (len(numbers) - 1) / max(1, most - 1))] for step in range(most)]


@dataclass
class FaultTable:
    """Rows of verb, point, kind and outcome; `report` counts equal ones once."""

    rows: list[tuple[str, str, str, str]] = field(default_factory=list)

    def add(self, verb: str, point: str, kind: str, outcome: str) -> None:
        """One fault that was tried and after which everything held."""
        self.rows.append((verb, point, kind, outcome))

    def report(self) -> str:
        """One line per row, for a person."""
        counted = Counter(self.rows)
        lines = [
            f"  {kind:18} {verb:9} {outcome:7} {'x' + str(times) if times > 1 else '':4} {point}"
            for (verb, point, kind, outcome), times in counted.items()
        ]
        return "\n".join([f"\n{len(self.rows)} faults, after each of which everything held", *lines])
