"""Each declared expectation notices a defect of a real load; what notices none is listed.

Rows of an accepted load are copied into a load of their own with one defect, and the gate is asked for its verdict with
the one expectation as its whole suite. The constraints of the staging relations are taken off first, so that nothing
but the expectation can notice.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path

import psycopg
import pytest
import yaml
from psycopg import sql
from tests.mutation.corruption import Relation, damages_by_search, try_damage
from tests.mutation.damaged_loads import Declared, Gate, declared, make_rows, take_off_guards
from tests.mutation.expectation_defects import KNOWN
from tests.mutation.score import Score

from shanhai.warehouse.connection import connect, scalar

DEFECTS: dict[str, str] = yaml.safe_load(Path(__file__).with_name("defects.yml").read_text("utf-8"))["expectations"]
_SEARCHED, _SEARCH_SECONDS = 2000, 3.0
_LOADS = """
select load_id, table_id from ops.accepted_loads inner join ops.loads using (load_id, table_id)
where loads.relation = %(relation)s and (%(table_id)s::text is null or table_id = %(table_id)s)
order by rows_staged > 500, rows_staged desc limit 3
"""


def test_each_expectation_catches_a_defect(
    copied_warehouse: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    tell: Callable[[str], None],
) -> None:
    take_off_guards()
    everything, score = declared(), Score("expectations")
    monkeypatch.setattr("shanhai.settings.EXPECTATIONS", tmp_path)
    with connect() as connection:
        connection.autocommit = True
        gate = Gate(tmp_path, connection)
        for each in everything:
            scope = {"relation": each.relation, "table_id": each.table_id}
            loads = [row[0] for row in connection.execute(_LOADS, scope).fetchall()]
            sound = [load_id for load_id in loads if gate.is_sound(each, load_id, everything)]
            pairs = ((load_id, damage) for load_id in sound for damage in damages(connection, each, load_id))
            tried = 0
            for tried, (source, damage) in enumerate(pairs, 1):
                if gate.accepts([each], source, damage) is False:
                    score.caught(each.name, tried)
                    break
            else:
                score.survived(each.name, f"{tried} defects of loads {sound} tried")
    tell(score.report())
    assert not set(DEFECTS) - {each.name for each in everything}, "defects of expectations that do not exist"
    score.require()


def damages(connection: psycopg.Connection, each: Declared, load_id: int) -> Iterable[sql.Composable]:
    """What is done to the temporary table `damaged`, most likely defect first."""
    if each.name in DEFECTS:
        return [sql.SQL(DEFECTS[each.name])]  # type: ignore[arg-type]
    rows = Relation(sql.Identifier("damaged"), Relation.of(connection, "staging", each.relation).columns)
    given = each.content.get("given", {})
    if each.content["expect"] == "UnexpectedRowsExpectation":
        return list(
            islice(_found_by_search(connection, rows, given["unexpected_rows_query"], each.relation, load_id), 2)
        )
    known = KNOWN.get(each.content["expect"])
    return known(rows, given) if known else ()


def _found_by_search(
    connection: psycopg.Connection, rows: Relation, query: str, relation: str, load_id: int
) -> list[sql.Composable]:
    """The first damage that the query finds more rows in than in the load as it is; the gate has to find them too."""
    text = query.replace("{batch}", "damaged").replace("{{", "{").replace("}}", "}")
    check = sql.SQL("select count(*) from (\n{}\n) as found").format(sql.SQL(text))  # type: ignore[arg-type]
    until = time.monotonic() + _SEARCH_SECONDS
    with connection.transaction(force_rollback=True):
        make_rows(connection, relation, load_id)
        sound = int(scalar(connection, check))
        for damage in islice(damages_by_search([rows], text), _SEARCHED):
            if (try_damage(connection, damage, check) or 0) > sound:
                return [damage]
            if time.monotonic() > until:
                break
    return []
