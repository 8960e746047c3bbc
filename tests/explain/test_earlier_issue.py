"""A value that an earlier issue of an edition gave is followed to the bytes of that issue, not to those of the last."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from psycopg import sql
from tests.conftest import ReleasedWarehouse, own_database
from tests.release.compiled_project import build, compiled, needed
from tests.release.test_replay import issue_again

from shanhai import settings
from shanhai.explain.cells import explain_cell
from shanhai.library import Library
from shanhai.warehouse.connection import connect, scalar

FIGURE = {"subject_name": "浙江省", "indicator_code": "gdp", "time_period": "2023"}
SHOWN = ("mart_revisions", "fct_observations", "fct_observation_history", "dim_publications")


@pytest.fixture(scope="module")
def issued_twice(released_warehouse: ReleasedWarehouse) -> Iterator[int]:
    """A copy in which the communiqué of 2024 came again with another value of 2023; readers are shown what follows."""
    with own_database("issued_twice", settings.WAREHOUSE_DATABASE), connect() as connection:
        seeds = str(scalar(connection, "select schema_name from ops.releases order by release_id desc limit 1"))
        first = scalar(
            connection,
            "select load_id from ops.accepted_loads where is_latest and edition = '2024' "
            "and table_id = 'zhejiang_bureau_of_statistics/communique'",
        )
        issue_again(connection, first, 2, "false", "indicator_code = 'gdp' and time_period = '2023'")
        build(connection, needed(compiled(None), SHOWN), "issued_twice", seeds)
        for name in SHOWN:
            view, table = sql.Identifier("marts", name), sql.Identifier("issued_twice", name)
            # A view keeps the order of its columns; dbt gives them that of the contract.
            shown = connection.execute(sql.SQL("select * from {} limit 0").format(view)).description or []
            columns = sql.SQL(", ").join(sql.Identifier(column.name) for column in shown)
            connection.execute(sql.SQL("create or replace view {} as select {} from {}").format(view, columns, table))
        connection.execute("grant usage on schema issued_twice to shanhai_auditor")
        connection.commit()
        yield first


def test_each_vintage_is_followed_to_its_own_bytes(issued_twice: int) -> None:
    with connect("auditor") as connection:
        vintages = connection.execute(
            "select vintage_number, value / 1e8, receipts -> 'value' ->> 0, is_latest from marts.mart_revisions "
            "where (subject_name, indicator_code, time_period) = ('浙江省', 'gdp', '2023') order by 1"
        ).fetchall()
    assert [(number, value, latest) for number, value, _, latest in vintages] == [
        (1, 82553, False), (2, 85620, False), (3, 171240, True),
    ]  # fmt: skip
    assert [key.partition(":")[0] for _, _, key, _ in vintages] == ["observation", "history", "observation"]
    root, cited = explain_cell("mart_revisions", FIGURE | {"vintage_number": 2}, "value")
    assert (root.value, cited.value, cited.key) == ("8562000000000", "8562000000000", vintages[1][2])
    assert (cited.detail["load_id"], cited.detail["printed"]) == (issued_twice, "85620亿元")
    assert cited.found_in_archive(Library.open())
    assert 17124000000000 in [other["value"] for other in cited.detail["vintages"]]
