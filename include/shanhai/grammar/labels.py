"""Row labels that are no divisions: notes, ranks and of-which rows. What is not declared is refused, never guessed."""

import re

from shanhai.documents.layout import Label
from shanhai.errors import CellError
from shanhai.grammar.figures import normalise
from shanhai.grammar.patterns import NOTE_MARK
from shanhai.grammar.remembering import remembering

_NOTE = re.compile(r"(?:注|附注|资料来源|数据来源)\d*:")
_OF_WHICH = re.compile(r"#|其中")
_RANK = re.compile(r"(?:位次|名次|排名|排位)$")


@remembering
def tight(label: str) -> str:
    """A label without white space and marks of notes, as documents declare it."""
    return "".join(NOTE_MARK.sub("", label).split())


def is_note(label: str) -> bool:
    """Whether a label opens a note under a table (注：…), which holds no figure."""
    return _NOTE.match(tight(normalise(label))) is not None


def refuse_undeclared(label: str) -> None:
    """Raises CellError for a label that is plainly no division and that the document does not declare."""
    plain = tight(normalise(label))
    if is_note(label):
        raise CellError("is a note, and its row holds more than the note")
    if _OF_WHICH.match(plain):
        raise CellError("is part of a row above (# or 其中): declare it in `labels`, with `of`")
    if _RANK.search(plain):
        raise CellError("is a row of ranks: declare it in `labels`, with `kind: rank`")


def check_parent(declared: Label, met: set[str]) -> None:
    """Raises CellError when a declared of-which row stands before the row it is part of."""
    if declared.of is not None and tight(declared.of) not in met:
        raise CellError(f"is declared part of {declared.of!r}, which no row above is")
