"""The main job: servers, loads, build, summary; killed at any moment and run again it ends in the same marts."""

from __future__ import annotations

import fcntl
import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from types import FrameType

from rich.console import Console
from rich.markup import escape

from shanhai import settings
from shanhai.platform import servers, services
from shanhai.platform.airflow_client import AirflowClient, DagRun
from shanhai.platform.progress import LoadProgress

BUILD = "build_marts"
DECISIONS = "decide_quarantine"
POLL_SECONDS = 2.0
PARSE_SECONDS = 120
# Airflow may lose an asset event; the ledger says whether a build is due, so after this long the job asks for it.
PATIENCE_FOR_EVENT_SECONDS = 10
LOG_LINES = 60


class JobError(RuntimeError):
    """The job cannot go on; the message is meant for the person."""


class Job:
    """One run of the main job."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._seconds: dict[str, float] = {}
        self._failures = 0
        self._began = datetime.now(UTC)

    def run(self) -> int:
        """Load what is new, build and promote it, print the summary; returns the exit code."""
        with _alone(), _signals_as_exceptions():
            try:
                return self._run()
            finally:
                if not servers.are_kept():
                    with self._phase("stop 停止", "Stopping the servers · 停止服务"):
                        servers.stop()

    def _run(self) -> int:
        from shanhai.completeness.calendar import declare_calendars
        from shanhai.pending import edition_states
        from shanhai.release import promotion
        from shanhai.summary import Loaded, print_summary

        with self._phase("databases 数据库", "Starting Postgres, migrating · 启动数据库、迁移表结构"):
            if not servers.are_kept():
                # Left over from a job that was killed: their work is done anew, not beside ours.
                services.stop()
            servers.start_databases()
        # Whatever becomes of the DAGs, from here on the ledger knows what is expected.
        declare_calendars()
        states = edition_states()
        before = Counter(state.state for state in states)
        todo = Counter(f"load_{state.publisher_id}" for state in states if state.state == "pending")
        if todo or promotion.is_due():
            self._load_and_build(todo)
        else:
            self._console.print("Nothing new to load · 没有新的版次需要装载")
        after = Counter(state.state for state in edition_states())
        loaded = Loaded(accepted=after["accepted"] - before["accepted"], unchanged=before["accepted"])
        if promotion.current() is not None:
            print_summary(loaded, self._seconds, self._console)
        return 1 if self._failures else 0

    def _load_and_build(self, todo: Counter[str]) -> None:
        with self._phase("services 服务", "Starting Airflow's four services · 启动 Airflow 四个服务"):
            services.start()
        with AirflowClient() as airflow:
            with self._phase("DAGs", "Reading the DAGs · 解析 DAG"):
                self._wait_for_dags(airflow, {*todo, BUILD})
                if not servers.are_kept():
                    for run in airflow.unfinished_runs():
                        # A question to a person stays open from one job to the next.
                        if run.dag_id != DECISIONS:
                            airflow.fail(run)
            with self._phase("loads 装载", f"Loading {todo.total()} editions · 装载 {todo.total()} 个版次"):
                self._load(airflow, todo)
            with self._phase("build 构建", "Building, testing and promoting the marts · 构建、检验并发布集市"):
                # Without a load there will be no event to wait for.
                self._build(airflow, patience=PATIENCE_FOR_EVENT_SECONDS if todo else 0)

    def _wait_for_dags(self, airflow: AirflowClient, wanted: set[str]) -> None:
        """Return when each DAG has been read since the services came up, with the documents as they are now."""
        since = self._began if not servers.are_kept() else datetime.min.replace(tzinfo=UTC)
        deadline = time.monotonic() + PARSE_SECONDS
        while time.monotonic() < deadline:
            if errors := airflow.import_errors(self._began):
                raise JobError("a DAG file cannot be read · DAG 文件无法解析:\n" + "\n".join(errors))
            parsed = airflow.parsed_dags()
            if all(dag_id in parsed and parsed[dag_id] >= since for dag_id in wanted):
                return
            time.sleep(POLL_SECONDS / 2)
        raise JobError(f"not read by the DAG processor in {PARSE_SECONDS} s: {', '.join(sorted(wanted - set(parsed)))}")

    def _load(self, airflow: AirflowClient, todo: Counter[str]) -> None:
        running = {run.dag_id: run for run in airflow.unfinished_runs() if run.dag_id in todo}
        for dag_id in todo:
            airflow.unpause(dag_id)
            if dag_id not in running:
                running[dag_id] = airflow.trigger(dag_id)
        changed_since = self._began
        with LoadProgress(self._console, dict(todo)) as progress:
            while running:
                asked = datetime.now(UTC)
                progress.update(airflow.task_instances_changed_since(changed_since))
                changed_since = asked - timedelta(seconds=2 * POLL_SECONDS)
                unfinished = {run.run_id for run in airflow.unfinished_runs() if run.dag_id in running}
                for dag_id, run in list(running.items()):
                    if run.run_id not in unfinished:
                        ended = airflow.dag_run(dag_id, run.run_id)
                        progress.end(dag_id, ended.state)
                        self._report_if_failed(airflow, ended)
                        del running[dag_id]
                time.sleep(POLL_SECONDS)

    def _build(self, airflow: AirflowClient, patience: float) -> None:
        """Return when readers see every accepted load, or a build has failed; ask for one that does not come."""
        from shanhai.release import promotion

        airflow.unpause(BUILD)
        waiting_since = time.monotonic()
        while True:
            runs = airflow.runs_since(BUILD, self._began)
            unfinished = [run for run in runs if not run.is_finished]
            if not promotion.is_due() and not unfinished:
                return
            failed = [run for run in runs if run.state == "failed"]
            if failed:
                self._report_if_failed(airflow, failed[-1])
                return
            if unfinished:
                waiting_since = time.monotonic()
            elif time.monotonic() - waiting_since >= patience:
                airflow.trigger(BUILD)
                patience = PATIENCE_FOR_EVENT_SECONDS
                waiting_since = time.monotonic()
            time.sleep(POLL_SECONDS)

    def _report_if_failed(self, airflow: AirflowClient, run: DagRun) -> None:
        """Print the end of the log of each task that failed by itself."""
        if run.state != "failed":
            return
        self._failures += 1
        tasks = [task for task in airflow.task_instances(run) if task.state == "failed"]
        self._console.print(f"[red bold]{run.dag_id} failed · 失败[/]  {run.run_id}", highlight=False, soft_wrap=True)
        for task in tasks:
            title = " · ".join(filter(None, [task.dag_id, task.run_id, task.task_id, task.edition]))
            self._console.print(f"[red]── {escape(title)}[/]", highlight=False, soft_wrap=True)
            lines = airflow.log(task).splitlines()[-LOG_LINES:]
            self._console.print(escape("\n".join(lines)), highlight=False, soft_wrap=True)

    @contextmanager
    def _phase(self, name: str, title: str) -> Iterator[None]:
        self._console.print(f"[bold]{title}[/] …")
        began = time.monotonic()
        try:
            yield
        finally:
            self._seconds[name] = time.monotonic() - began


def run(console: Console | None = None) -> int:
    """Run the main job; returns its exit code."""
    console = console or Console()
    try:
        return Job(console).run()
    except (JobError, services.ServicesError) as error:
        console.print(f"[red]{escape(str(error))}[/]")
        return 1
    except KeyboardInterrupt:
        console.print("[yellow]Stopped; run it again to go on · 已停止，再次运行即可继续[/]")
        return 130


@contextmanager
def _alone() -> Iterator[None]:
    """Two jobs at once would stop each other's servers."""
    settings.home().mkdir(parents=True, exist_ok=True)
    with (settings.home() / "job.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise JobError("another run is under way · 另一次运行正在进行") from None
        yield


@contextmanager
def _signals_as_exceptions() -> Iterator[None]:
    """A polite end from outside stops the servers too, as Ctrl-C does."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
