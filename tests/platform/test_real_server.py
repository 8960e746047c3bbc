"""An address in the environment wins: the warehouse is made and filled on that server, and nothing is embedded."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from shanhai import settings
from shanhai.warehouse.roles import LOGIN_ROLES

SHANHAI = str(Path(sys.executable).with_name("shanhai"))


@pytest.fixture
def environment(embedded_server: Path, tmp_path: Path) -> dict[str, str]:
    """The session's server, addressed as somebody else's: another database, another home."""
    administrator = settings.embedded_address("postgres", "postgres").set(drivername="postgresql")
    with psycopg.connect(administrator.render_as_string(hide_password=False), autocommit=True) as connection:
        connection.execute("drop database if exists another_warehouse")
        connection.execute("create database another_warehouse")
    address = administrator.set(database="another_warehouse").render_as_string(hide_password=False)
    own = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "SHANHAI"))}
    return own | {
        "SHANHAI_DATABASE_URL": address,
        "SHANHAI_HOME": str(tmp_path),
        # Accounts belong to the whole server; here they are the session's, whose passwords must stay what they are.
        **{f"SHANHAI_{role.upper()}_PASSWORD": settings.ensure_role_password(role) for role in LOGIN_ROLES},
    }


def shanhai(environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run([SHANHAI, *arguments], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_server_of_somebody_else_is_migrated_and_filled(environment: dict[str, str]) -> None:
    assert "migrated" in shanhai(environment, "migrate")
    assert "nothing to migrate" in shanhai(environment, "migrate")
    assert "accepted" in shanhai(environment, "load", "sichuan_government/key_park_action_plan")
    address = shanhai(environment, "dsn", "--role", "auditor").strip()
    with psycopg.connect(address) as connection:
        assert connection.execute("select current_database(), count(*) from ops.loads").fetchone() == (
            "another_warehouse",
            1,
        )
    assert not (Path(environment["SHANHAI_HOME"]) / "postgres").exists()
