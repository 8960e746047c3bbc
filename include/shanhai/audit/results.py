"""What a check found, as it is recorded: rows, status, what follows, whether it is material."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from shanhai.documents.check import Check

MATERIAL_PCT = Decimal("0.5")  # of a county's aggregate (domain §6.1)
MATERIAL_PP = Decimal("0.1")  # of a published gap
_DECISIONS = {"error": "block", "warning": "query", "info": "report"}


class AuditError(RuntimeError):
    """The audit cannot go on; the message names the check or what is missing."""


@dataclass(frozen=True)
class Result:
    """What one check found; `failing` and `tested` are rows of its query with their explanation."""

    check: Check
    tested: list[dict[str, Any]]

    @property
    def failing(self) -> list[dict[str, Any]]:
        """The items that failed, in the order of their names; none where too few were tested to say so."""
        if self.status == "not_applicable":
            return []
        return sorted((row for row in self.tested if row["is_failure"]), key=lambda row: str(row["item"]))

    @property
    def status(self) -> str:
        """passed, failed, or not_applicable when there was too little to test."""
        if len(self.tested) < self.check.minimum:
            return "not_applicable"
        return "failed" if any(row["is_failure"] for row in self.tested) else "passed"

    @property
    def decision(self) -> str:
        """What follows: block, query or report a failure according to its severity; none otherwise."""
        return _DECISIONS[self.check.severity] if self.status == "failed" else "none"

    @property
    def reason(self) -> dict[str, str]:
        """Why the status is what it is, English and Chinese."""
        tested, minimum = len(self.tested), self.check.minimum
        if self.status == "not_applicable":
            why = self.check.not_applicable
            return {
                "en": f"not applicable: {tested} tested, {minimum} needed. {why.en}",
                "zh": f"不适用：检验 {tested} 项，至少需 {minimum} 项。{why.zh}",
            }
        if self.status == "failed":
            return {"en": self.check.message.en, "zh": self.check.message.zh}
        return {"en": f"{tested} tested, none failed", "zh": f"检验 {tested} 项，全部通过"}


def is_material(row: dict[str, Any]) -> bool:
    """Whether a failing item exceeds the materiality; one that carries no size is always looked at."""
    if row.get("relative_pct") is not None:
        return abs(Decimal(row["relative_pct"])) >= MATERIAL_PCT
    if row.get("difference_pp") is not None:
        return abs(Decimal(row["difference_pp"])) >= MATERIAL_PP
    return True


def plain(value: Any) -> Any:
    """A value of a row as JSON keeps it: numbers as their decimal text, days as ISO, texts no longer than 300."""
    if isinstance(value, Decimal):
        # A query may divide; twelve significant digits are more than any publication prints.
        rounded = value if len(value.as_tuple().digits) <= 16 else value.quantize(Decimal("0.000001"))
        return format(rounded.normalize() if rounded == rounded.to_integral() else rounded, "f")
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    if value is None or isinstance(value, bool | int | str):
        return value[:300] if isinstance(value, str) else value
    return str(value)
