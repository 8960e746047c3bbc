"""A throwaway home folder for one test, with nothing running in it afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from shanhai.platform import postgres

ADDRESSES = ("SHANHAI_DATABASE_URL", "AIRFLOW_CONN_SHANHAI_WAREHOUSE", "SHANHAI_AIRFLOW_DATABASE_URL")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """SHANHAI_HOME for one test; a server started in it is removed."""
    monkeypatch.setenv("SHANHAI_HOME", str(tmp_path / "home"))
    for name in ADDRESSES:
        monkeypatch.delenv(name, raising=False)
    yield tmp_path / "home"
    postgres.remove()
