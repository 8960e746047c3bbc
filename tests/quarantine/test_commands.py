"""The workbench on the command line."""

from datetime import date, timedelta

import pytest
from tests.quarantine.conftest import Quarantine
from typer.testing import CliRunner

from shanhai.cli import app
from shanhai.warehouse.connection import connect

SOON = (date.today() + timedelta(days=20)).isoformat()


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["quarantine", *arguments])
    return done.exit_code, done.output


def test_a_load_is_listed_shown_and_decided(quarantine: Quarantine, monkeypatch: pytest.MonkeyPatch) -> None:
    made = quarantine("told")
    load = str(made.load_id)
    code, listed = run("list")
    assert (code, load in listed) == (0, True)
    code, shown = run("show", load)
    assert code == 0
    for part in ("9514350' at R4C2", "县级生产总值不应如此之大", "951435 万元", f"load {made.accepted_load_id}"):
        assert part in shown
    code, told = run("accept", load, "--owner", "Li", "--reason", "checked", "--expires", SOON)
    assert (code, "cannot approve" in told) == (1, True)
    monkeypatch.setattr("getpass.getuser", lambda: "chen")
    code, told = run("accept", load, "--owner", "Li", "--reason", "checked", "--expires", SOON)
    assert code == 0, told
    with connect() as connection:
        row = connection.execute(
            "select actor from ops.ledger where event = 'decisions' order by position desc limit 1"
        ).fetchone()
    assert row == ("shanhai_engineer",)


def test_an_expired_waiver_is_red(quarantine: Quarantine, monkeypatch: pytest.MonkeyPatch) -> None:
    made = quarantine("red")
    monkeypatch.setattr("getpass.getuser", lambda: "chen")
    assert run("accept", str(made.load_id), "--owner", "Li", "--reason", "checked", "--expires", SOON)[0] == 0
    with connect("owner") as connection:
        # Time passes: the owner takes the guard off and sets the day back, as nobody else can.
        connection.execute("alter table ops.waivers disable trigger user")
        connection.execute("update ops.waivers set expires_on = current_date - 1 where table_id = %s", (made.table_id,))
        connection.execute("alter table ops.waivers enable trigger user")
    code, listed = run("list")
    assert (code, "expired on" in listed) == (1, True)
    assert run("accept", str(made.load_id), "--owner", "Li", "--reason", "again", "--expires", SOON)[0] == 0
    assert "expired on" not in run("list")[1]
