"""What a load says otherwise than the one before it of the same edition, figure by figure, from both readings."""

from typing import Any

from psycopg import Connection, sql

from shanhai.warehouse.tables import key_columns

KEPT_FIGURES = 1000
# Where a row came from is another matter than what it says.
_NOT_SAID = ["load_id", "row_number", "locator", "vintage_set_id", "published_on"]

_DIFFERENCE = """
with said as (
    select load_id, to_jsonb(staged) - %(not_said)s::text[] - %(keys)s::text[] as content,
        jsonb_build_object({pairs}) as keys
    from staging.{relation} as staged
    where load_id in (%(before)s, %(after)s)
),

figures as (
    select load_id, keys, jsonb_agg(content order by content) as contents from said group by load_id, keys
),

compared as (
    select
        coalesce(after.keys, before.keys) as keys, before.contents as was, after.contents as becomes,
        case when before.keys is null then 'added' when after.keys is null then 'withdrawn' else 'changed' end as kind
    from (select * from figures where load_id = %(before)s) as before
    full join (select * from figures where load_id = %(after)s) as after on before.keys = after.keys
    where before.contents is distinct from after.contents
)

select kind, keys, was, becomes, count(*) over (partition by kind)
from compared order by kind, keys limit %(kept)s
"""


def difference(connection: Connection, relation: str, before: int, after: int) -> dict[str, Any]:
    """Counts of added, withdrawn and changed keys, and the first thousand of them with what they said before and after.

    Both loads must be staged, at least in this connection's transaction.
    """
    keys = key_columns(relation)
    pairs = sql.SQL(", ").join(sql.SQL("{}, {}").format(sql.Literal(key), sql.Identifier(key)) for key in keys)
    statement = sql.SQL(_DIFFERENCE).format(pairs=pairs, relation=sql.Identifier(relation))
    parameters = {
        "before": before, "after": after, "not_said": _NOT_SAID, "keys": list(keys), "kept": KEPT_FIGURES,
    }  # fmt: skip
    found: dict[str, Any] = {"added": 0, "withdrawn": 0, "changed": 0, "figures": []}
    for kind, key, was, becomes, count in connection.execute(statement, parameters):
        found[kind] = count
        was, becomes = _only_what_differs(was, becomes)
        found["figures"].append({"kind": kind, "keys": key, "before": was, "after": becomes})
    return found


def summary(found: dict[str, Any], shown: int = 3) -> str:
    """A difference in a line: how many figures, and the first of them."""
    counts = f"{found['changed']} changed, {found['added']} added, {found['withdrawn']} withdrawn"
    first = [
        f"{' '.join(str(v) for v in f['keys'].values() if v is not None)}: "
        f"{_printed(f['before'])} → {_printed(f['after'])}"
        for f in found["figures"][:shown]
    ]
    return f"{counts} · 改 {found['changed']} 增 {found['added']} 删 {found['withdrawn']}" + "".join(
        f"; {figure}" for figure in first
    )


def _printed(said: Any) -> str:
    if said is None:
        return "nothing"
    first = said[0] if isinstance(said, list) and len(said) == 1 else said
    if isinstance(first, dict):
        return str(first.get("printed", first))
    return str(first)


def _only_what_differs(was: Any, becomes: Any) -> tuple[Any, Any]:
    """Of one row that became one other row, only the columns that differ; anything else as it is."""
    if was is None or becomes is None or len(was) != 1 or len(becomes) != 1:
        return was, becomes
    columns = [column for column in becomes[0] if was[0].get(column) != becomes[0][column]]
    return {c: was[0].get(c) for c in columns}, {c: becomes[0][c] for c in columns}
