"""Small wrongs in a model's SQL: a comparison turned round, a condition dropped, another aggregate, another join.

A unit test is a query whose inputs stand in it as CTEs named `__dbt__cte__…`; only what the model says is changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

# What is found, and what stands there instead. Found in code only, never in quoted text, comments or the inputs.
OPERATORS: tuple[tuple[str, str], ...] = (
    (r"\bwhere\b", "where true or"),
    (r"\bhaving\b", "having true or"),
    (r"(?<![<>!:])=(?!=)", "!="),
    (r"!=|<>", "="),
    (r"<=", ">"),
    (r">=", "<"),
    (r"<(?![=>])", ">="),
    (r"(?<![<=-])>(?!=)", "<="),
    (r"\bis not null\b", "is null"),
    (r"\bis null\b", "is not null"),
    (r"\bis not distinct from\b", "is distinct from"),
    (r"\bis distinct from\b", "is not distinct from"),
    (r"\bnot in\b", "in"),
    (r"(?<!not )\bin\b(?= \()", "not in"),
    (r"\band\b", "or"),
    (r"\bor\b", "and"),
    (r"\bleft join\b", "inner join"),
    (r"\binner join\b", "left join"),
    (r"\bmax\(", "min("),
    (r"\bmin\(", "max("),
    (r"\bsum\(", "max("),
    (r"\bavg\(", "max("),
    (r"\bcount\(distinct ", "count("),
    (r"\bcount\(", "1 + count("),
    (r"\bcoalesce\(", "nullif("),
    (r"\bdesc\b", "asc"),
    (r"\basc\b", "desc"),
    (r"\bdistinct on\b", "distinct on (random()),"),
    (r"\bunion all\b", "except all"),
    (r"\btrue\b", "false"),
    (r"\bfalse\b", "true"),
    (r"(?<= )\+(?= )", "-"),
    (r"(?<= )-(?= )", "+"),
    (r"(?<= )\*(?= )", "/"),
    (r"(?<= )/(?= )", "*"),
    (r"(?<![\w.'])\d+(?![\w.'])", "7 + \\g<0>"),
    (r"'[^']+'", "'∅ other'"),
    (r"\bas (?=[a-z_]+,?\n)", "|| '∅' as "),
)
_HIDDEN = re.compile(r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|\"[^\"]*\"", re.DOTALL)


def mutants(code: str) -> Iterator[str]:
    """Versions of a unit test's SQL with one wrong each, the most telling kinds first."""
    spans = _model_spans(code)
    bare = _HIDDEN.sub(lambda found: " " * len(found.group()), code)
    for pattern, instead in OPERATORS:
        # Literals are looked for where they are, everything else where quoted text and comments are blanked.
        searched = code if pattern.startswith("'") else bare
        for found in re.finditer(pattern, searched):
            if any(start <= found.start() and found.end() <= end for start, end in spans):
                yield code[: found.start()] + found.expand(instead) + code[found.end() :]


def _model_spans(code: str) -> list[tuple[int, int]]:
    """Where the model's own SQL stands: between the two wrappers that dbt puts round it, without the inputs."""
    bare = _HIDDEN.sub(lambda found: " " * len(found.group()), code)
    begin = bare.index("from (") + len("from (")
    end = bare.rindex("_dbt_internal_unit_test_actual\n")
    spans, at = [], begin
    for found in re.finditer(r"__dbt__cte__\w+ as \(", bare):
        if begin <= found.start() < end:
            spans.append((at, found.start()))
            at = _closing(bare, found.end())
    return [*spans, (at, end)]


def _closing(code: str, at: int) -> int:
    """The position after the bracket that closes the one before `at`."""
    depth = 1
    while depth:
        depth += {"(": 1, ")": -1}.get(code[at], 0)
        at += 1
    return at
