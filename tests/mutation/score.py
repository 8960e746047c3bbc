"""How many of the declared checks were seen to catch a seeded defect, and which were not."""

from __future__ import annotations

from dataclasses import dataclass, field

FLOOR = 0.95


@dataclass
class Score:
    """Counts for one kind of check; `require` fails below the floor and on no checks at all."""

    kind: str
    killed: int = 0
    tried: int = 0
    survivors: dict[str, str] = field(default_factory=dict)

    def caught(self, name: str, tried: int = 1) -> None:
        """The check of that name noticed a defect, the last of `tried`."""
        self.killed += 1
        self.tried += tried

    def survived(self, name: str, why: str) -> None:
        """No defect was noticed."""
        self.survivors[name] = why

    @property
    def declared(self) -> int:
        """All checks of the kind."""
        return self.killed + len(self.survivors)

    @property
    def share(self) -> float:
        """Caught of declared; nothing declared is nothing caught."""
        return self.killed / self.declared if self.declared else 0.0

    def report(self) -> str:
        """The score and every survivor, for a person."""
        head = (
            f"\nmutation score, {self.kind}: {self.killed} of {self.declared} ({self.share:.1%}), {self.tried} defects"
        )
        return "\n".join([head, *(f"  survivor {name}: {why}" for name, why in sorted(self.survivors.items()))])

    def require(self) -> None:
        """Fails below 95 per cent."""
        assert self.share >= FLOOR, self.report()
