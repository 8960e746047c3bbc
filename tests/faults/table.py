"""The table of faults that were tried: where, which, and how the verb ended."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


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
