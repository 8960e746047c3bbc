"""The rows that a unit test gives: a column that the input lacks is an error, a model that grows needs not be built."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from psycopg import sql

from shanhai import settings
from shanhai.release import promotion
from shanhai.release.dbt_commands import give_dbt_the_address
from shanhai.warehouse.connection import connect

DEFINITIONS = "models/marts/counties/mart_county_gaps.yml"


def result_of(unit_test: str, project: Path, work: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """What became of one unit test of a project over the promoted release."""
    from dbt.cli.main import dbtRunner

    release = promotion.current()
    assert release is not None
    give_dbt_the_address()
    monkeypatch.setenv("SHANHAI_RELEASE_SCHEMA", release.schema_name)
    done = dbtRunner().invoke([
        "--quiet", "--log-path", str(work), "test", "--select", unit_test, "--target-path", str(work / "target"),
        "--project-dir", str(project), "--profiles-dir", str(project),
    ])  # fmt: skip
    (result,) = done.result.results
    return result


@pytest.mark.usefixtures("released_warehouse")
@pytest.mark.parametrize("wrong", [None, "no_such_column: 0.862"])
def test_a_column_that_the_input_lacks_is_an_error(
    wrong: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = tmp_path / "dbt_project"
    shutil.copytree(settings.DBT_PROJECT, project)
    text = (project / DEFINITIONS).read_text("utf-8")
    assert "value: 0.862" in text
    (project / DEFINITIONS).write_text(text.replace("value: 0.862", wrong or "value: 0.862", 1), "utf-8")
    result = result_of("one_result_column_is_filled_by_the_kind_of_comparison", project, tmp_path, monkeypatch)
    assert result.status == ("error" if wrong else "pass")
    assert ("column given.no_such_column does not exist" in (result.message or "")) == bool(wrong)


def test_a_model_that_was_never_built_is_given_its_own_rows(
    copied_warehouse: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = promotion.current()
    assert release is not None
    with connect() as connection:
        history = sql.Identifier(release.schema_name, "fct_observation_history")
        connection.execute(sql.SQL("drop table {} cascade").format(history))
        connection.commit()
    result = result_of("only_the_rows_of_a_new_load_are_added", settings.DBT_PROJECT, tmp_path, monkeypatch)
    assert result.status == "pass", result.message
