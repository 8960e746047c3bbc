"""Functions of labels that tables print again and again."""

from collections.abc import Callable
from functools import lru_cache, wraps

_MOST, _LONGEST = 4096, 64


def remembering(function: Callable[[str], str]) -> Callable[[str], str]:
    """The function, which keeps its last results of short texts; long ones would take the memory and do not repeat."""
    remembered = lru_cache(maxsize=_MOST)(function)

    @wraps(function)
    def of(text: str) -> str:
        return remembered(text) if len(text) <= _LONGEST else function(text)

    return of
