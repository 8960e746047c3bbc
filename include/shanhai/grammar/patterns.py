"""Declared texts of heads and row labels, which may hold `{period}`, `{subject}` or `{counterpart}`."""

import re

from shanhai.documents.layout import PLACEHOLDERS
from shanhai.errors import CellError
from shanhai.grammar.figures import normalise
from shanhai.grammar.remembering import remembering

# Marks of notes under the table: in a head or a label they say nothing of it.
NOTE_MARK = re.compile(r"[①-⑳㉑-㉟㊱-㊿]|[\[［][0-9０-９]{1,2}[\]］]")
# A period holds nothing but numerals and words of time, so popu_{period} is no popu_urban_2020.
_FORMS = {
    "period": "[0-9一二三四五六七八九十年月季度上下半前全末底份累计第Qq./~至>-]+",
    "subject": ".+?",
    "counterpart": ".+?",
}
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


@remembering
def tight(text: str) -> str:
    """A head or label without white space and marks of notes, in plain characters: they are wrapped mid-word."""
    return re.sub(r"\s", "", normalise(NOTE_MARK.sub("", text)))


class Pattern:
    """A declared text; raises CellError when it holds a placeholder that there is not, or one twice."""

    def __init__(self, declared: str) -> None:
        self.declared = tight(declared)
        self.names: list[str] = _PLACEHOLDER.findall(self.declared)
        if set(self.names) - set(PLACEHOLDERS) or len(self.names) != len(set(self.names)):
            raise CellError(f"{declared!r} may hold each of {', '.join(PLACEHOLDERS)} once in braces, and nothing else")
        parts = _PLACEHOLDER.split(self.declared)
        # Of split, the odd parts are the names.
        made = [f"(?P<{part}>{_FORMS[part]})" if number % 2 else re.escape(part) for number, part in enumerate(parts)]
        self._regex = re.compile("".join(made))

    def match(self, printed: str) -> dict[str, str] | None:
        """What a printed text, made tight, says at the placeholders; None when it is not of this form."""
        found = self._regex.fullmatch(printed)
        return found.groupdict() if found else None
