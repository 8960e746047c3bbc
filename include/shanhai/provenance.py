"""Who did it, in which run, with which code: what every ledger row carries."""

import getpass
import hashlib
import os
import subprocess
from functools import cache

from shanhai import settings


@cache
def code_commit() -> str | None:
    """Commit of the project, marked `+` when files differ from it; SHANHAI_CODE_COMMIT where there is no checkout."""
    if given := os.environ.get("SHANHAI_CODE_COMMIT"):
        return given
    git = ["git", "-C", str(settings.PROJECT_ROOT)]
    try:
        commit = subprocess.run([*git, "rev-parse", "HEAD"], capture_output=True, text=True, check=True).stdout.strip()
        changed = subprocess.run([*git, "status", "--porcelain"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    return f"{commit}+" if changed.strip() else commit


@cache
def lock_sha256() -> str | None:
    """SHA-256 of the lock file that pins every library; None where the checkout has none."""
    try:
        return hashlib.sha256(settings.LOCK_FILE.read_bytes()).hexdigest()
    except FileNotFoundError:
        return None


def actor() -> str:
    """Who acts: the person who started the DAG run, else the owner of the DAG, else the account of the process."""
    names = ("AIRFLOW_CTX_STARTED_BY", "AIRFLOW_CTX_DAG_OWNER")
    return next((os.environ[name] for name in names if os.environ.get(name)), None) or getpass.getuser()


def run_context() -> dict[str, object]:
    """Who acts and, in an Airflow task, the DAG run: as columns of `ops.loads`."""
    number = os.environ.get("AIRFLOW_CTX_TRY_NUMBER")
    return {
        "loaded_by": actor(),
        "dag_id": os.environ.get("AIRFLOW_CTX_DAG_ID"),
        "run_id": os.environ.get("AIRFLOW_CTX_DAG_RUN_ID"),
        "try_number": int(number) if number else None,
        "code_commit": code_commit(),
        "lock_sha256": lock_sha256(),
    }
