"""What a release changes for readers: every differing value with its cause, and the version that follows from it.

A mart's version is that of what readers see, raised: by a major step where a column, a row or a value is gone, by a
minor one where something came, by a patch where values were corrected. The first is 1.0.0.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, LiteralString

from psycopg import Connection, sql

from shanhai.warehouse.connection import scalar

# How a cell was made is told by its receipt and differs with every reading; it is no value of its own.
_NOT_VALUES = {"receipts"}

_START = """
create temporary table if not exists release_differences (
    relation text, change_kind text, row_key jsonb, column_name text, old_value text, new_value text,
    cited text[], cause text, load_ids bigint[] not null default '{}'
) on commit drop
"""
# The rows of a mart that differ between two releases, by key; a row becomes JSON once, not for every column.
_PAIRED = """
create temporary table release_paired on commit drop as
with new as materialized (select {key} as key, to_jsonb(t) as content from {new} as t),
old as materialized (select {key} as key, to_jsonb(t) as content from {old} as t)
select key, new.content as now, old.content as was from new full join old using (key)
where new.content is distinct from old.content
"""
# Rows by key that one release has and the other has not.
_ROWS = """
insert into release_differences (relation, change_kind, row_key, cited)
select {relation}, case when was is null then 'added' else 'deleted' end, key,
    array(
        select distinct receipt.key
        from jsonb_each(coalesce(now -> 'receipts', was -> 'receipts', '{{}}')) as cell
        cross join lateral jsonb_array_elements_text(cell.value) as receipt (key)
    )
from release_paired where was is null or now is null
"""
# Cells of rows that both have, of columns that both have.
_CELLS = """
insert into release_differences (relation, change_kind, row_key, column_name, old_value, new_value, cited)
select {relation},
    case
        when was ->> columns.name is null then 'added'
        when now ->> columns.name is null then 'deleted'
        else 'corrected'
    end,
    key, columns.name, was ->> columns.name, now ->> columns.name,
    array(
        select jsonb_array_elements_text(coalesce(now -> 'receipts' -> columns.name, '[]'))
        union select jsonb_array_elements_text(coalesce(was -> 'receipts' -> columns.name, '[]'))
    )
from release_paired cross join unnest({columns}::text[]) as columns (name)
where was is not null and now is not null and now -> columns.name is distinct from was -> columns.name
"""
# A cell's cause, from the nearest evidence to the farthest: a new load that it cites, a correction, a changed register
# of membership, changed code, and else the new loads altogether.
_CAUSES: LiteralString = """
with recursive inputs as (
    select differences.ctid as cell, receipt.key
    from release_differences as differences cross join unnest(differences.cited) as receipt (key)
    union
    select inputs.cell, input.value ->> 'key'
    from inputs
    inner join {metrics} as metrics on inputs.key = 'metric:' || metrics.metric_key
    cross join lateral jsonb_array_elements(metrics.inputs) as input
),
cited as (
    select inputs.cell, array_agg(distinct facts.load_id order by facts.load_id) as load_ids
    from inputs
    inner join {facts} as facts
        on inputs.key = 'observation:' || facts.observation_key and facts.load_id = any(%(new_loads)s)
    group by inputs.cell
)
update release_differences as differences set
    load_ids = coalesce(
        cited.load_ids,
        case
            when differences.row_key is null or differences.relation = any(%(corrected)s) then '{{}}'::bigint[]
            when cardinality(%(register_loads)s::bigint[]) > 0 then %(register_loads)s::bigint[]
            when differences.relation = any(%(recoded)s) then '{{}}'::bigint[]
            else %(new_loads)s::bigint[]
        end
    ),
    cause = case
        when cited.load_ids is not null then 'source revision'
        -- A column or a mart comes and goes with code alone.
        when differences.row_key is null then 'code'
        when differences.relation = any(%(corrected)s) then 'correction'
        when cardinality(%(register_loads)s::bigint[]) > 0 then 'membership'
        when differences.relation = any(%(recoded)s) then 'code'
        else 'source revision'
    end
from release_differences as all_differences
left join cited on all_differences.ctid = cited.cell
where differences.ctid = all_differences.ctid
"""
_STORE = """
insert into ops.release_changes
    (release_id, change_number, relation, change_kind, row_key, column_name, old_value, new_value, cause, load_ids)
select %(release_id)s, row_number() over (order by relation, row_key::text, column_name, change_kind),
    relation, change_kind, row_key, column_name, old_value, new_value, cause, load_ids
from release_differences
"""


@dataclass(frozen=True)
class Evidence:
    """What changed between the release that readers see and this one."""

    new_loads: list[int]
    register_loads: list[int]
    # Relations whose code or seeds changed, and those that rest on corrections that changed.
    recoded: list[str]
    corrected: list[str]


def raised(version: str | None, kinds: Iterable[str]) -> str:
    """The version after changes of these kinds; the first is 1.0.0, and without changes it stays."""
    if version is None:
        return "1.0.0"
    major, minor, patch = map(int, version.split("."))
    found = set(kinds)
    if "deleted" in found:
        return f"{major + 1}.0.0"
    if "added" in found:
        return f"{major}.{minor + 1}.0"
    return f"{major}.{minor}.{patch + 1}" if found else version


def record_changes(
    connection: Connection, release_id: int, schemas: tuple[str, str], keys: dict[str, list[str]], evidence: Evidence
) -> dict[str, set[str]]:
    """Keep every difference of the marts `keys` names between two schemas, old and new; returns their kinds by mart.

    A mart whose key has changed cannot be compared row by row; what came or went of its columns is kept.
    """
    old, new = schemas
    connection.execute(_START)
    for relation, key in keys.items():
        before, after = (_columns(connection, schema, relation) for schema in schemas)
        if not before or not after:
            _whole(connection, relation, "added" if after else "deleted", None)
            continue
        for column in sorted((set(before) ^ set(after)) - _NOT_VALUES):
            _whole(connection, relation, "added" if column in after else "deleted", column)
        if key and set(key) <= set(before) and set(key) <= set(after):
            shared = [c for c in after if c in before and c not in _NOT_VALUES and c not in key]
            parts = {
                "relation": sql.Literal(relation),
                "key": _key(key),
                "old": sql.Identifier(old, relation),
                "new": sql.Identifier(new, relation),
                "columns": sql.Literal(shared),
            }
            connection.execute(sql.SQL(_PAIRED).format(**parts))
            connection.execute(sql.SQL(_ROWS).format(**parts))
            connection.execute(sql.SQL(_CELLS).format(**parts))
            connection.execute("drop table release_paired")
    parameters: dict[str, Any] = {
        "new_loads": evidence.new_loads,
        "register_loads": evidence.register_loads,
        "recoded": evidence.recoded,
        "corrected": evidence.corrected,
    }
    parts = {
        "facts": _core(connection, new, "fct_observations", "null::text as observation_key, null::bigint as load_id"),
        "metrics": _core(connection, new, "fct_metrics", "null::text as metric_key, null::jsonb as inputs"),
    }
    connection.execute(sql.SQL(_CAUSES).format(**parts), parameters)
    connection.execute(_STORE, {"release_id": release_id})
    kinds: dict[str, set[str]] = {relation: set() for relation in keys}
    for relation, kind in connection.execute("select distinct relation, change_kind from release_differences"):
        kinds.setdefault(relation, set()).add(kind)
    return kinds


def _core(connection: Connection, schema: str, relation: str, nothing: LiteralString) -> sql.Composable:
    """The relation, or rows of none where the project has no such relation."""
    if _columns(connection, schema, relation):
        return sql.Identifier(schema, relation)
    return sql.SQL("(select " + nothing + " limit 0)")


def _key(columns: list[str]) -> sql.Composable:
    pairs = sql.SQL(", ").join(sql.SQL("{}, t.{}").format(sql.Literal(c), sql.Identifier(c)) for c in columns)
    return sql.SQL("jsonb_build_object({})").format(pairs)


def _columns(connection: Connection, schema: str, relation: str) -> list[str]:
    found: list[str] | None = scalar(
        connection,
        """
        select array_agg(column_name::text order by ordinal_position) from information_schema.columns
        where table_schema = %s and table_name = %s
        """,
        (schema, relation),
    )
    return found or []


def _whole(connection: Connection, relation: str, kind: str, column: str | None) -> None:
    connection.execute(
        "insert into release_differences (relation, change_kind, column_name) values (%s, %s, %s)",
        (relation, kind, column),
    )
