"""Windows of magnitude (domain rules U5, S04): a figure outside is two glued into one, or off by a power of ten."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from shanhai.documents.reference import Magnitude
from shanhai.errors import CellError
from shanhai.grammar.figures import MOST_DIGITS

_LEVELS = ((r"0000", "province"), (r"00", "prefecture"))


def most_digits(windows: Mapping[str, Magnitude], unit_mult: int) -> int:
    """Digits that a figure may print before its decimal point: one more than the highest window has in this unit."""
    if not windows:
        return MOST_DIGITS
    highest = max(window.highest for window in windows.values()).scaleb(-unit_mult)
    return len(str(int(highest))) + 1


def area_level(subject_kind: str, division_code: str | None) -> str | None:
    """The level of area of a subject; None for one that is no area of the register."""
    if subject_kind == "country":
        return "country"
    if division_code is None:
        return None
    return next((level for ending, level in _LEVELS if division_code.endswith(ending)), "county")


def check_magnitude(values: Sequence[Decimal | None], windows: Mapping[str, Magnitude], level: str | None) -> None:
    """Raises CellError when a value, in the canonical unit, is outside the window of its indicator at that level."""
    window = windows.get(level or "") or windows.get("any")
    for value in values:
        if window and value is not None and not window.lowest <= value <= window.highest:
            raise CellError(
                f"is {value:f} in the canonical unit, outside {window.lowest:f} to {window.highest:f} for "
                f"{level or 'any area'}: several numbers printed without a separator, or another unit"
            )
