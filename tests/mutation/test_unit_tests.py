"""Each dbt unit test notices a wrong in the SQL of its model; what notices none is listed.

The queries go to Postgres as dbt wrote them, changed in one place; no dbt process is started.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from tests.mutation.built_project import BuiltProject
from tests.mutation.score import Score
from tests.mutation.sql_mutants import mutants

from shanhai.release import promotion
from shanhai.warehouse.connection import connect


def outcome(connection: psycopg.Connection, code: str) -> tuple[Counter[Any], Counter[Any]] | None:
    """The rows that the model gives and those that are expected; None where the SQL cannot be run."""
    with connection.transaction(force_rollback=True):
        try:
            cursor = connection.execute(code.encode())
            rows = cursor.fetchall()
        except (psycopg.DataError, psycopg.ProgrammingError, psycopg.errors.QueryCanceled):
            return None
        names = [column.name for column in cursor.description or ()]
    kind = names.index("actual_or_expected")
    sides: dict[str, Counter[Any]] = {"actual": Counter(), "expected": Counter()}
    for row in rows:
        sides[row[kind]][repr(row[:kind] + row[kind + 1 :])] += 1
    return sides["actual"], sides["expected"]


@pytest.mark.usefixtures("released_warehouse")
def test_each_unit_test_catches_a_wrong_in_its_model(tell: Callable[[str], None]) -> None:
    release, project = promotion.current(), BuiltProject.of_last_build()
    assert release is not None
    score = Score("dbt unit tests")
    with connect() as connection:
        connection.execute("set statement_timeout = '2s'")
        for test in project.unit_tests:
            code = project.unit_test_sql(test, release.schema_name)
            sound = outcome(connection, code)
            if sound is None or sound[0] != sound[1]:
                score.survived(test["name"], "does not hold without a defect")
                continue
            tried = 0
            for tried, mutant in enumerate(mutants(code), 1):
                found = outcome(connection, mutant)
                if found is not None and found[0] != found[1]:
                    score.caught(test["name"], tried)
                    break
            else:
                score.survived(test["name"], f"{tried} mutants of {test['model']} tried")
        connection.rollback()
    tell(score.report())
    score.require()
