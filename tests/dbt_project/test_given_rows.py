"""A unit test that gives a model a column which its input does not have is an error, not a test of nulls."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from shanhai import settings
from shanhai.release import promotion
from shanhai.release.dbt_commands import give_dbt_the_address

UNIT_TEST = "one_result_column_is_filled_by_the_kind_of_comparison"
DEFINITIONS = "models/marts/counties/mart_county_gaps.yml"


@pytest.mark.usefixtures("released_warehouse")
@pytest.mark.parametrize(("given", "wrong"), [("value: 0.862", ""), ("value: 0.862", "no_such_column: 0.862")])
def test_a_column_that_the_input_lacks_is_an_error(
    given: str, wrong: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dbt.cli.main import dbtRunner

    project = tmp_path / "dbt_project"
    shutil.copytree(settings.DBT_PROJECT, project)
    text = (project / DEFINITIONS).read_text("utf-8")
    assert given in text
    (project / DEFINITIONS).write_text(text.replace(given, wrong or given, 1), "utf-8")
    release = promotion.current()
    assert release is not None
    give_dbt_the_address()
    monkeypatch.setenv("SHANHAI_RELEASE_SCHEMA", release.schema_name)
    done = dbtRunner().invoke([
        "--quiet", "--log-path", str(tmp_path), "test", "--select", UNIT_TEST,
        "--target-path", str(tmp_path / "target"), "--project-dir", str(project), "--profiles-dir", str(project),
    ])  # fmt: skip
    (result,) = done.result.results
    if wrong:
        assert result.status == "error"
        assert "column given.no_such_column does not exist" in result.message
    else:
        assert result.status == "pass"
