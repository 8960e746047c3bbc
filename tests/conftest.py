"""Fixtures shared by every room: a real Postgres server in a throwaway home folder, and a small library to read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from shanhai.platform import postgres
from shanhai.warehouse import migrate
from tests.small_library import SmallLibrary


@pytest.fixture(scope="session")
def embedded_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The home folder of a running embedded server with both databases; SHANHAI_HOME names it for the session."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SHANHAI_HOME", str(home))
        for name in ("SHANHAI_DATABASE_URL", "AIRFLOW_CONN_SHANHAI_WAREHOUSE", "SHANHAI_AIRFLOW_DATABASE_URL"):
            patch.delenv(name, raising=False)
        postgres.start()
        yield home
        postgres.remove()


@pytest.fixture(scope="session")
def warehouse(embedded_server: Path) -> Path:
    """The home folder of a server whose warehouse is migrated."""
    migrate.upgrade()
    return embedded_server


@pytest.fixture
def small_library(tmp_path: Path) -> SmallLibrary:
    """An empty library under `tmp_path`, with the project's registers of indicators, units and divisions."""
    return SmallLibrary(tmp_path)
