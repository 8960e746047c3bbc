"""Read by every Airflow process at start: what each task is told, and what the scheduler imports for all of them.

A task learns who started its run, so that a load is the load of that person, who then may not approve it.

On Linux a task is a fork of a LocalExecutor worker, itself a fork of the scheduler: what the scheduler has imported
costs a task nothing, while Great Expectations alone costs each process that imports it by itself 5 to 17 seconds.
SHANHAI_PRELOAD=0 turns it off.
"""

from __future__ import annotations

import contextlib
import importlib
import logging
import os
import sys
from collections.abc import Mapping
from typing import Any

__all__ = ["get_airflow_context_vars"]  # Airflow takes every public name from here as a setting of its own.

_MODULES = (
    "airflow.sdk.execution_time.supervisor",
    "airflow.sdk.execution_time.task_runner",
    "airflow.sdk.execution_time.schema.migrator",
    "airflow.sdk.definitions.decorators",
    "airflow.dag_processing.bundles.local",
    "airflow.providers.standard.decorators.python",
    "airflow.providers.standard.operators.python",
    "airflow.dag_processing.dagbag",
    "great_expectations",
    "great_expectations.expectations",
    "great_expectations.datasource.fluent",
    "psycopg",
    "sqlalchemy.dialects.postgresql.psycopg",
    "pydantic",
    "lxml.html",
    "yaml",
    "dbt.cli.main",
    "dbt.adapters.postgres",
    "shanhai.load",
    "shanhai.pending",
    "shanhai.validate",
    "shanhai.release.candidate",
    "shanhai.release.promotion",
)


def get_airflow_context_vars(context: Mapping[str, Any]) -> dict[str, str]:
    """What a task's environment says besides: AIRFLOW_CTX_STARTED_BY where a person, no timetable, started the run."""
    person = getattr(context.get("dag_run"), "triggering_user_name", None)
    return {"started_by": person} if person else {}


def _is_scheduler() -> bool:
    return sys.platform == "linux" and "scheduler" in sys.argv[1:2] and os.environ.get("SHANHAI_PRELOAD") != "0"


def _preload() -> None:
    # Great Expectations reports each expectation it registers, some two hundred lines.
    logging.getLogger("great_expectations").setLevel(logging.WARNING)
    for module in _MODULES:
        importlib.import_module(module)
    # The documents too: a task that finds a file unchanged takes what the scheduler has read. A document that is not
    # well-formed is the business of the task that needs it.
    with contextlib.suppress(Exception):
        _ = importlib.import_module("shanhai.library").Library.open().register


if _is_scheduler():
    _preload()
