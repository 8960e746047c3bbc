"""An address in the environment wins: the warehouse is made and filled on that server, and nothing is embedded."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from tests.conftest import own_database

SHANHAI = str(Path(sys.executable).with_name("shanhai"))


@pytest.fixture
def environment(warehouse: Path, tmp_path: Path) -> Iterator[dict[str, str]]:
    """The session's server, whose accounts are there, addressed as somebody else's: another database, another home."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "SHANHAI"))}
    with own_database("another_warehouse") as address:
        yield own | address | {"SHANHAI_HOME": str(tmp_path)}


def shanhai(environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run([SHANHAI, *arguments], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_server_of_somebody_else_is_migrated_and_filled(environment: dict[str, str]) -> None:
    assert "nothing to migrate" in shanhai(environment, "migrate")
    assert "accepted" in shanhai(environment, "load", "sichuan_government/key_park_action_plan")
    address = shanhai(environment, "dsn", "--role", "auditor").strip()
    with psycopg.connect(address) as connection:
        assert connection.execute("select current_database(), count(*) from ops.loads").fetchone() == (
            "another_warehouse",
            1,
        )
    assert not (Path(environment["SHANHAI_HOME"]) / "postgres").exists()
