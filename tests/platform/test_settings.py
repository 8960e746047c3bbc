"""Which server is used, and as whom: the environment wins, passwords never wander from one server to another."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from shanhai import credentials, settings

GIVEN = "postgresql://chief:word@db.example:6543/statistics"


def test_without_any_server_the_error_says_what_to_do(home: Path) -> None:
    with pytest.raises(settings.SettingsError, match="make up"):
        settings.warehouse_url("reader")


def test_the_environment_beats_the_embedded_server(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home.mkdir()
    settings.embedded_address_file().write_text(json.dumps({"host": "127.0.0.1", "port": 1}))
    assert settings.warehouse_url("reader").host == "127.0.0.1"
    monkeypatch.setenv("AIRFLOW_CONN_SHANHAI_WAREHOUSE", "postgres://pipe:word@connection.example/statistics")
    assert settings.warehouse_url("reader").host == "connection.example"
    monkeypatch.setenv("SHANHAI_DATABASE_URL", GIVEN)
    assert settings.warehouse_url("reader").host == "db.example"


@pytest.mark.parametrize(
    "connection",
    [
        "postgres://pipe:word@db.example:6543/statistics",
        json.dumps(
            {
                "conn_type": "postgres",
                "login": "pipe",
                "password": "word",
                "host": "db.example",
                "port": 6543,
                "schema": "statistics",
            }
        ),
    ],
    ids=["uri", "json"],
)
def test_both_spellings_of_an_airflow_connection_are_read(
    home: Path, monkeypatch: pytest.MonkeyPatch, connection: str
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_SHANHAI_WAREHOUSE", connection)
    url = settings.warehouse_url("pipeline")
    assert url.render_as_string(hide_password=False) == "postgresql+psycopg://pipe:word@db.example:6543/statistics"


def test_an_unknown_role_is_refused(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHANHAI_DATABASE_URL", GIVEN)
    with pytest.raises(settings.SettingsError, match="no such role"):
        settings.warehouse_url("everyone")  # type: ignore[arg-type]


def test_without_credentials_the_address_is_used_as_given(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHANHAI_DATABASE_URL", GIVEN)
    assert settings.warehouse_url("reader").username == "chief"


def test_a_role_gets_its_own_account_once_its_password_is_known(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHANHAI_DATABASE_URL", GIVEN)
    secret = settings.ensure_role_password("reader")
    url = settings.warehouse_url("reader")
    assert (url.username, url.password, url.host) == ("shanhai_reader", secret, "db.example")
    monkeypatch.setenv("SHANHAI_READER_PASSWORD", "from the environment")
    assert settings.warehouse_url("reader").password == "from the environment"


def test_a_password_of_one_server_is_not_tried_on_another(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHANHAI_DATABASE_URL", GIVEN)
    settings.ensure_role_password("reader")
    monkeypatch.setenv("SHANHAI_DATABASE_URL", GIVEN.replace("db.", "other."))
    assert settings.warehouse_url("reader").username == "chief"


def test_a_bare_address_keeps_its_meaning_for_airflow(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLAlchemy 2.1 reads postgresql:// as psycopg 3, Airflow's metadata need psycopg2."""
    monkeypatch.setenv("SHANHAI_DATABASE_URL", GIVEN)
    assert settings.airflow_metadata_url().render_as_string(hide_password=False) == (
        "postgresql+psycopg2://chief:word@db.example:6543/airflow"
    )


def test_a_secret_is_made_once_and_only_its_owner_can_read_it(home: Path) -> None:
    secret = credentials.ensure("server", "name")
    assert len(secret) >= 32
    assert credentials.ensure("server", "name") == secret == credentials.read("server", "name")
    assert credentials.ensure("server", "another") != secret
    assert credentials.credentials_file().stat().st_mode & 0o777 == 0o600
