"""Follows one cell of a mart down to the printed characters: through metrics and registers, as a tree of nodes.

The tree is the one that `select * from audit.explain(relation, keys, column)` gives; here the archive is opened too.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from psycopg.rows import class_row

from shanhai import archive
from shanhai.library import Library
from shanhai.settings import Role
from shanhai.warehouse.connection import connect

_COLUMNS = """
select attname, format_type(atttypid, null) from pg_attribute
where attrelid = to_regclass(%s) and attnum > 0 and not attisdropped
"""
_COUNTY = """
select division_code from marts.dim_divisions
where is_current and (division_code = %(name)s or name_zh = %(name)s or name_zh = %(name)s || '县'
    or name_zh = %(name)s || '市' or name_zh = %(name)s || '区')
group by division_code
"""
_NUMBERS = ("integer", "bigint", "smallint", "numeric")


class NotExplainedError(LookupError):
    """No such cell, or more than one; the message says which rows were asked for."""


@dataclass(frozen=True)
class Node:
    """One step: the cell itself (depth 0), or something it was made from; `detail` is all that is known of it."""

    depth: int
    path: str
    kind: str
    key: str
    role: str | None
    name: str
    value: str | None
    unit: str | None
    detail: dict[str, Any]

    def found_in_archive(self, library: Library) -> bool:
        """Whether the archived bytes print these characters at the locator; of observations and registers only."""
        source = library.catalogue.tables[self.detail["table_id"]]
        digest = self.detail["publication_sha256"]
        reader = library.reader(source, source.issue_of(self.detail["edition"], digest), archive.fetch(digest))
        printed = reader.printed_at(self.detail["locator"])
        return bool(printed == self.detail["printed"] if self.kind == "observation" else printed)

    def told(self, library: Library) -> str:
        """The node as lines of text, indented by its depth, English and Chinese."""
        indent, role = "    " * self.depth, f"{self.role} = " if self.role else ""
        head = f"{indent}{role}{self.value or ''} {self.unit or ''}  {self.name}".rstrip()
        return "\n".join([head, *(f"{indent}  {line}" for line in self._lines(library))])

    def _lines(self, library: Library) -> Iterator[str]:
        detail = self.detail
        if self.kind == "mart":
            yield f"model    {self.key.split('.')[0]} of release {detail['release_id']}, code {detail['code_commit']}"
        elif self.kind == "metric":
            yield f"metric   {detail['metric_id']}: {detail['formula']}, status {detail['obs_status']}"
        elif self.kind == "register":
            yield f"register {detail.get('table_id')} {detail.get('edition')} at {detail.get('locator')}"
        else:
            held = "found in the archived bytes · 存档可见" if self.found_in_archive(library) else "NOT FOUND · 未找到"
            yield f"is       {detail['obs_value']} {detail['unit_printed'] or ''} x 10^{detail['unit_mult']}"
            yield f"printed  {detail['printed']!r} at {detail['locator']}, {held}"
            yield f"in       {detail['title']}, published {detail['published_on'] or '?'}  {detail['address'] or ''}"
            yield f"         {detail['file_name']}, SHA-256 {detail['publication_sha256']}"
            yield f"by       load {detail['load_id']} of {detail['table_id']}, edition {detail['edition']}"
            yield f"judged   {detail['expectations_run']} expectations: {detail['verdict']}"
            for other in detail["vintages"] or ():
                yield (
                    f"also     {other['value']} {other['estimate_round']} of {other['published_on'] or '?'}, "
                    f"{other['table_id']} {other['edition']} · 其他版本"
                )


def explain_cell(relation: str, keys: dict[str, Any], column: str, role: Role = "auditor") -> list[Node]:
    """The cell `column` of the one row of `marts.<relation>` that `keys` names, and all it was made from, in order.

    Raises NotExplainedError when there is no such column, or not exactly one such row.
    """
    import psycopg

    with connect(role) as connection, connection.cursor(row_factory=class_row(Node)) as cursor:
        try:
            cursor.execute(
                "select * from audit.explain(%s, %s::jsonb, %s) order by path", (relation, json.dumps(keys), column)
            )
        except psycopg.errors.RaiseException as error:
            raise NotExplainedError(error.diag.message_primary) from error
        return cursor.fetchall()


def keys_from_words(
    relation: str, county: str | None, year: str | None, pairs: list[str], role: Role = "auditor"
) -> dict[str, Any]:
    """Keys of a row from what a person types: a county by name or code, a year, and any `column=value`."""
    table = f"marts.{relation.removeprefix('marts.')}"
    with connect(role) as connection:
        types: dict[str, str] = dict(connection.execute(_COLUMNS, (table,)).fetchall())
        if not types:
            raise NotExplainedError(f"there is no {table} · 没有该集市")
        words = dict(pair.partition("=")[::2] for pair in pairs)
        if year:
            words["year" if "year" in types else "time_period"] = year
        if county:
            codes = connection.execute(_COUNTY, {"name": county}).fetchall()
            if len(codes) != 1:
                raise NotExplainedError(f"{county} names {len(codes)} divisions · 区划不唯一或不存在")
            words["division_code"] = codes[0][0]
    unknown = sorted(set(words) - set(types))
    if unknown:
        raise NotExplainedError(f"{table} has no column {', '.join(unknown)}")
    return {column: _typed(value, types[column]) for column, value in words.items()}


def _typed(value: str, kind: str) -> Any:
    if value == "null":
        return None
    if kind in _NUMBERS or kind == "boolean":
        return json.loads(value.lower())
    return value
