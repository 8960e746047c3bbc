"""How cells of one style and kind show what they store: one text, or a whole column of them at once."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

Show = Callable[[str], str]


@dataclass(frozen=True)
class Showing:
    """`show` gives what a cell shows, raising CellError; `as_stored` matches stored texts that are shown as they are.

    It needs to match neither all of them nor the empty text, and never matches the character NUL.
    """

    show: Show
    as_stored: str | None = None

    def column(self, stored: Sequence[str]) -> Sequence[str]:
        """What the cells of a column show, empty where they store nothing; raises CellError when one shows nothing."""
        if self.as_stored is None:
            shown = {text: self.show(text) if text else "" for text in set(stored)}
            return [shown[text] for text in stored]
        joined = "\0".join(stored) + "\0"
        run, run_and_other = _runs(self.as_stored)
        if run.fullmatch(joined):
            return stored
        return run_and_other.sub(self._with_other_shown, joined).split("\0")[:-1]

    def _with_other_shown(self, found: re.Match[str]) -> str:
        run, other = found.groups()
        return f"{run}{self.show(other)}\0" if other else str(run)


@lru_cache(maxsize=256)
def _runs(as_stored: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Match a run of texts shown as stored, each with NUL behind it; and a run up to another text or the end."""
    run = rf"(?:(?:{as_stored})?\0)*+"
    return re.compile(run), re.compile(rf"({run})(?:([^\0]+)\0|\Z)")
