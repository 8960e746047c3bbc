"""Rows as lines of COPY in text form."""

import re
from collections.abc import Iterator, Sequence
from typing import cast

_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r", "\b": r"\b", "\f": r"\f", "\v": r"\v"})

_ESCAPED = re.compile(r"[\\\t\n\r\x08\f\v]")


def copy_field(value: object) -> str:
    """A text, number or date as COPY reads it; null is none of them."""
    return r"\N" if value is None else value.translate(_ESCAPES) if isinstance(value, str) else str(value)


def copy_lines(columns: Sequence[str], alike: dict[str, object], own: dict[str, Sequence[object]]) -> Iterator[str]:
    """Lines of rows, each with its end: in a column of `own` each has its own value, in any other the same."""
    fields = ["%s" if name in own else copy_field(alike.get(name)).replace("%", "%%") for name in columns]
    line = "\t".join(fields) + "\n"
    return map(line.__mod__, zip(*(_fields(own[name]) for name in columns if name in own), strict=True))


def _fields(values: Sequence[object]) -> Sequence[object]:
    """The values as fields; numbers are those already."""
    if not isinstance(values[0], str | None):
        return values
    fields = list(values)
    try:
        is_plain = not _ESCAPED.search("".join(cast(list[str], fields)))
    except TypeError:  # of a null among them
        is_plain = False
    return fields if is_plain else [copy_field(value) for value in fields]
