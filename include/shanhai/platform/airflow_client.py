"""The few questions and orders the main job has for Airflow, over its REST interface on loopback."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any, Self

import httpx

from shanhai.platform import airflow_configuration

PAGE = 100
UNFINISHED_RUN_STATES = ("queued", "running")
FAILED_TASK_STATES = ("failed", "upstream_failed")


@dataclass(frozen=True)
class DagRun:
    """One run of a DAG as Airflow sees it."""

    dag_id: str
    run_id: str
    state: str

    @property
    def is_finished(self) -> bool:
        """True when nothing of it will run any more."""
        return self.state not in UNFINISHED_RUN_STATES


@dataclass(frozen=True)
class TaskInstance:
    """One task of a run; `edition` is the name a mapped one shows on the web page."""

    dag_id: str
    run_id: str
    task_id: str
    map_index: int
    state: str | None
    try_number: int
    edition: str
    started: str | None
    ended: str | None


class AirflowClient:
    """A logged-in session; use it as a context manager."""

    def __init__(self, user: str = "admin") -> None:
        self._user = user
        self._http = httpx.Client(base_url=airflow_configuration.base_url(), timeout=30, trust_env=False)

    def __enter__(self) -> Self:
        self._log_in()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def parsed_dags(self) -> dict[str, datetime]:
        """Every DAG that the DAG processor knows, with the moment it last read it."""
        return {
            found["dag_id"]: datetime.fromisoformat(found["last_parsed_time"])
            for found in self._pages("/api/v2/dags", "dags", {"exclude_stale": "true"})
            if found["last_parsed_time"]
        }

    def import_errors(self, since: datetime) -> list[str]:
        """What is wrong with DAG files that could not be read at or after a moment."""
        return [
            f"{error['filename']}\n{error['stack_trace']}"
            for error in self._pages("/api/v2/importErrors", "import_errors", {})
            if datetime.fromisoformat(error["timestamp"]) >= since
        ]

    def unpause(self, dag_id: str) -> None:
        """Let the runs of a DAG proceed."""
        self._request("PATCH", f"/api/v2/dags/{dag_id}", json={"is_paused": False})

    def trigger(self, dag_id: str, *, run_id: str | None = None, conf: dict[str, Any] | None = None) -> DagRun:
        """Queue a run now; a run that already bears this id is returned instead."""
        body = {"logical_date": None, "dag_run_id": run_id, "conf": conf or {}}
        answer = self._request("POST", f"/api/v2/dags/{dag_id}/dagRuns", json=body, allow=(409,))
        if answer.status_code == 409 and run_id:
            return self.dag_run(dag_id, run_id)
        return _dag_run(answer.raise_for_status().json())

    def dag_run(self, dag_id: str, run_id: str) -> DagRun:
        """One run as it stands."""
        return _dag_run(self._request("GET", f"/api/v2/dags/{dag_id}/dagRuns/{run_id}").json())

    def unfinished_runs(self, dag_id: str = "~") -> list[DagRun]:
        """All runs, of one DAG or of every one, that are queued or running."""
        parameters = {"state": list(UNFINISHED_RUN_STATES)}
        return [_dag_run(run) for run in self._pages(f"/api/v2/dags/{dag_id}/dagRuns", "dag_runs", parameters)]

    def runs_since(self, dag_id: str, moment: datetime) -> list[DagRun]:
        """Runs of a DAG that were queued at or after a moment."""
        parameters = {"run_after_gte": moment.isoformat()}
        return [_dag_run(run) for run in self._pages(f"/api/v2/dags/{dag_id}/dagRuns", "dag_runs", parameters)]

    def fail(self, run: DagRun) -> None:
        """End a run and all its unfinished tasks as failed."""
        self._request("PATCH", f"/api/v2/dags/{run.dag_id}/dagRuns/{run.run_id}", json={"state": "failed"})

    def task_instances(self, run: DagRun) -> list[TaskInstance]:
        """All tasks of a run, each copy of a mapped one by itself."""
        address = f"/api/v2/dags/{run.dag_id}/dagRuns/{run.run_id}/taskInstances"
        return [_task_instance(found) for found in self._pages(address, "task_instances", {})]

    def task_instances_changed_since(self, moment: datetime) -> list[TaskInstance]:
        """Tasks of any run that changed at or after a moment: one question, however many runs are followed."""
        parameters = {"updated_at_gte": moment.isoformat()}
        address = "/api/v2/dags/~/dagRuns/~/taskInstances"
        return [_task_instance(found) for found in self._pages(address, "task_instances", parameters)]

    def answer(self, run: DagRun, task_id: str, option: str, fields: dict[str, str]) -> None:
        """Choose an option of a task that waits for a person, in the name of who is logged in."""
        address = f"/api/v2/dags/{run.dag_id}/dagRuns/{run.run_id}/taskInstances/{task_id}/-1/hitlDetails"
        self._request("PATCH", address, json={"chosen_options": [option], "params_input": fields})

    def question(self, run: DagRun, task_id: str) -> dict[str, Any]:
        """What a task asks a person: subject, body, options, and the answer where one was given."""
        address = f"/api/v2/dags/{run.dag_id}/dagRuns/{run.run_id}/taskInstances/{task_id}/-1/hitlDetails"
        found: dict[str, Any] = self._request("GET", address).json()
        return found

    def log(self, task: TaskInstance) -> str:
        """The log of a task's last try as text."""
        address = f"/api/v2/dags/{task.dag_id}/dagRuns/{task.run_id}/taskInstances/{task.task_id}"
        answer = self._request(
            "GET",
            f"{address}/logs/{max(task.try_number, 1)}",
            params={"map_index": task.map_index, "full_content": "true"},
            headers={"Accept": "application/json"},
        )
        return "\n".join(_log_line(entry) for entry in answer.json()["content"])

    def _log_in(self) -> None:
        answer = self._http.post(
            "/auth/token",
            json={"username": self._user, "password": airflow_configuration.password(self._user)},
        )
        self._http.headers["Authorization"] = f"Bearer {answer.raise_for_status().json()['access_token']}"

    def _pages(self, address: str, key: str, parameters: dict[str, Any]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while True:
            page = self._request("GET", address, params={**parameters, "limit": PAGE, "offset": len(found)}).json()
            found += page[key]
            if len(page[key]) < PAGE:
                return found

    def _request(self, method: str, address: str, *, allow: tuple[int, ...] = (), **arguments: Any) -> httpx.Response:
        """One exchange; a busy server is asked again, an expired log-in renewed once."""
        for wait in (0.2, 0.5, 1.0, 2.0, None):
            try:
                answer = self._http.request(method, address, **arguments)
            except httpx.TransportError:
                if wait is None:
                    raise
            else:
                if answer.status_code == 401 and wait is not None:
                    self._log_in()
                elif answer.status_code < 500 or wait is None:
                    break
            time.sleep(wait or 0)
        if answer.status_code not in allow and answer.is_error:
            raise httpx.HTTPStatusError(
                f"{method} {address}: {answer.status_code} {answer.text[:500]}",
                request=answer.request,
                response=answer,
            )
        return answer


def _dag_run(found: dict[str, Any]) -> DagRun:
    return DagRun(found["dag_id"], found["dag_run_id"], found["state"])


def _task_instance(found: dict[str, Any]) -> TaskInstance:
    return TaskInstance(
        found["dag_id"],
        found["dag_run_id"],
        found["task_id"],
        found["map_index"],
        found["state"],
        found["try_number"],
        str(found.get("rendered_map_index") or ""),
        found["start_date"],
        found["end_date"],
    )


def _log_line(entry: Any) -> str:
    """A log entry is a line of text or a structure with an event and perhaps an error."""
    if not isinstance(entry, dict):
        return str(entry)
    lines = [f"{str(entry.get('timestamp') or '')[11:19]} {entry.get('level', '')} {entry.get('event', '')}".strip()]
    for error in entry.get("error_detail") or []:
        for frame in error.get("frames", []):
            # A person wants the way through this project, not the twenty steps inside Airflow before it.
            if "site-packages" in frame["filename"]:
                continue
            lines.append(f'  File "{frame["filename"]}", line {frame["lineno"]}, in {frame["name"]}')
        lines.append(f"{error.get('exc_type')}: {error.get('exc_value')}")
    return "\n".join(lines)
