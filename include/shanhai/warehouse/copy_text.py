"""Rows as lines of COPY in text form."""

from collections.abc import Iterator, Sequence

_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r", "\b": r"\b", "\f": r"\f", "\v": r"\v"})


def copy_field(value: object) -> str:
    """A text, number or date as COPY reads it; null is none of them."""
    return r"\N" if value is None else value.translate(_ESCAPES) if isinstance(value, str) else str(value)


def copy_lines(columns: Sequence[str], alike: dict[str, object], own: dict[str, Sequence[object]]) -> Iterator[str]:
    """Lines of rows, each with its end: in a column of `own` each row has a value of its own, in any other the same."""
    fields = ["%s" if name in own else copy_field(alike.get(name)).replace("%", "%%") for name in columns]
    line = "\t".join(fields) + "\n"
    return map(line.__mod__, zip(*(_fields(own[name]) for name in columns if name in own), strict=True))


def _fields(values: Sequence[object]) -> Iterator[object]:
    return (copy_field(value) if value is None or isinstance(value, str) else value for value in values)
