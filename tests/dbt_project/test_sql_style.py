"""The SQL is in the style of `.sqlfluff`, as dbt renders it against a real warehouse."""

import os
import subprocess
from pathlib import Path

from tests.conftest import ReleasedWarehouse

from shanhai import settings
from shanhai.release import promotion

SQLFLUFF = settings.PROJECT_ROOT / ".venv-linters" / "bin" / "sqlfluff"


def test_sql_is_in_style(released_warehouse: ReleasedWarehouse, tmp_path: Path) -> None:
    release, url = promotion.current(), settings.warehouse_url("pipeline")
    assert release is not None
    assert SQLFLUFF.exists(), "`make test` makes the environment of the linters"
    environment = {
        **os.environ,
        "SHANHAI_RELEASE_SCHEMA": release.schema_name,
        "SHANHAI_DBT_HOST": str(url.host),
        "SHANHAI_DBT_PORT": str(url.port),
        "SHANHAI_DBT_DBNAME": str(url.database),
        "SHANHAI_DBT_USER": str(url.username),
        "SHANHAI_DBT_PASSWORD": str(url.password),
        "DBT_TARGET_PATH": str(tmp_path / "target"),
        "DBT_LOG_PATH": str(tmp_path / "logs"),
    }
    command = [str(SQLFLUFF), "lint", "dbt_project", "--processes", "2", "--disable-progress-bar"]
    done = subprocess.run(
        command, cwd=settings.PROJECT_ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
