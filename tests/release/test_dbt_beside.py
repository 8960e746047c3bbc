"""The second dbt says why it could not start, and ends when the one that started it is gone."""

from __future__ import annotations

from pathlib import Path

import pytest

from shanhai import settings
from shanhai.release.dbt_beside import DbtBeside
from shanhai.release.dbt_commands import BuildError


@pytest.fixture
def parsed_in(scratch_warehouse: None, tmp_path: Path) -> Path:
    """A target folder whose parsed project is of no use, so that the second dbt parses for itself."""
    (tmp_path / "partial_parse.msgpack").touch()
    return tmp_path


def test_a_project_that_does_not_parse_is_told(
    parsed_in: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "DBT_PROJECT", tmp_path)
    with DbtBeside(parsed_in) as beside:
        beside.start(["test"])
        with pytest.raises(BuildError, match=r"(?s)dbt did not run: .*dbt_project\.yml"):
            beside.results()


def test_it_ends_by_itself_where_nobody_tells_it_what_to_run(parsed_in: Path) -> None:
    with DbtBeside(parsed_in) as beside:
        assert beside._process.stdin is not None
        beside._process.stdin.close()
        assert beside._process.wait(timeout=60) == 0
        with pytest.raises(BuildError, match="dbt did not run"):
            beside.results()
