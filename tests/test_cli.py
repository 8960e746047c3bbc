"""The command line: what was foreseen is told in a line, what nobody foresaw keeps its traceback."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from shanhai.cli import app
from shanhai.workbench import lookup


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (["load", "no/table"], "no/table: neither a document nor <publisher>/<table>"),
        (["source", "check", "no/table"], "no/table: neither a document nor <publisher>/<table>"),
        (["audit", "pack", "2031Q9"], "'2031Q9' is no quarter"),
        (["release", "build", "--as-of", "June"], "'June' is neither a day like 2023-06-30 nor a moment"),
    ],
)
def test_what_was_foreseen_is_told_in_a_line(command: list[str], told: str) -> None:
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 1
    assert done.stdout == ""
    assert done.stderr.startswith(told)
    assert done.stderr.count("\n") == 1


def test_a_traceback_can_be_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHANHAI_DEBUG", "1")
    assert type(CliRunner().invoke(app, ["load", "no/table"]).exception).__name__ == "DocumentError"


def test_what_nobody_foresaw_is_not_made_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(lookup, "find_source", fail)
    assert isinstance(CliRunner().invoke(app, ["load", "no/table"]).exception, ZeroDivisionError)
