"""The four Airflow services, started singly on loopback; starting twice is starting once, and none is left behind."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import httpx
import psycopg
from psycopg import sql
from sqlalchemy import URL

import shanhai
from shanhai import settings
from shanhai.platform import airflow_configuration, processes
from shanhai.platform.postgres import HOST

# --skip-serve-logs: the log servers would listen on all addresses; the web page reads the files itself.
SERVICES: dict[str, list[str]] = {
    "scheduler": ["scheduler", "--skip-serve-logs"],
    "api-server": ["api-server", "--host", HOST],
    "dag-processor": ["dag-processor"],
    "triggerer": ["triggerer", "--skip-serve-logs"],
}
START_SECONDS = 180
# How long a service may take to end politely. The triggerer takes eleven seconds even with nothing to do, and has
# nothing to lose: what it waits for is in the database.
PATIENCE_SECONDS = {"scheduler": 10.0, "api-server": 10.0, "dag-processor": 5.0, "triggerer": 1.0}


class ServicesError(RuntimeError):
    """An Airflow service did not start or its database could not be made ready."""


def migrate_metadata() -> None:
    """Have Airflow's tables at the installed version; costs a moment when they are."""
    url = settings.airflow_metadata_url().set(drivername="postgresql")
    _make_database(url)
    want = f"airflow {version('apache-airflow-core')}"
    with psycopg.connect(url.render_as_string(hide_password=False)) as connection:
        row = connection.execute(
            "select shobj_description(oid, 'pg_database') from pg_database where datname = current_database()"
        ).fetchone()
    if row and row[0] == want:
        return
    configure()
    done = subprocess.run(
        [sys.executable, "-m", "airflow", "db", "migrate"],
        env=airflow_configuration.environment(),
        cwd=airflow_configuration.airflow_home(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    processes.log_file("airflow-migration").parent.mkdir(parents=True, exist_ok=True)
    processes.log_file("airflow-migration").write_text(done.stdout + done.stderr, "utf-8")
    if done.returncode:
        raise ServicesError(f"airflow db migrate failed:\n{(done.stdout + done.stderr)[-3000:]}")
    # The note travels with the database; `airflow db check-migrations` would cost five seconds at every start.
    with psycopg.connect(url.render_as_string(hide_password=False)) as connection:
        connection.execute(
            sql.SQL("comment on database {} is {}").format(sql.Identifier(url.database or ""), sql.Literal(want))
        )


def configure() -> None:
    """Write Airflow's configuration; the port stays while the web page is up and moves when something else has it."""
    airflow_configuration.airflow_home().mkdir(parents=True, exist_ok=True)
    if processes.running("api-server") is None:
        airflow_configuration.choose_port()
    airflow_configuration.write()


def start(*, wait: bool = True) -> None:
    """Have the four services running with today's configuration, and healthy when `wait`."""
    with _one_at_a_time():
        configure()
        mark = _mark()
        alive = {name: processes.running(name) for name in SERVICES}
        if any(record is not None and record.mark != mark for record in alive.values()):
            processes.stop(PATIENCE_SECONDS)
            alive = dict.fromkeys(SERVICES)
        for name, arguments in SERVICES.items():
            if alive[name] is None:
                # What a killed leader left of its session would work on beside the new one.
                processes.stop({name: 0})
                processes.start(
                    name,
                    [sys.executable, "-m", "airflow", *arguments],
                    airflow_configuration.environment(),
                    cwd=airflow_configuration.airflow_home(),
                    mark=mark,
                )
    if wait:
        wait_until_healthy()


def stop() -> None:
    """Have none of the services nor anything they started running."""
    with _one_at_a_time():
        processes.stop(PATIENCE_SECONDS)


def are_running() -> dict[str, bool]:
    """Which of the four services live."""
    return {name: processes.running(name) is not None for name in SERVICES}


def wait_until_healthy() -> None:
    """Return when each service has reported since it was started; raise with its log when one has ended."""
    deadline = time.monotonic() + START_SECONDS
    missing = list(SERVICES)
    warm = False
    while time.monotonic() < deadline:
        for name, alive in are_running().items():
            if not alive:
                said = processes.last_lines(processes.log_file(name), 40)
                raise ServicesError(f"the Airflow {name} ended while starting:\n{said}")
        missing = _not_yet_healthy()
        if not missing:
            return
        if "api-server" not in missing and not warm:
            _warm_up()
            warm = True
        time.sleep(0.25)
    raise ServicesError(f"not healthy after {START_SECONDS} s: {', '.join(missing)}")


def _mark() -> str:
    """Changes with the configuration, Airflow's version and the package's code, which the scheduler holds in memory."""
    package = Path(shanhai.__file__).parent
    files = sorted(file for file in package.rglob("*.py") if "platform" not in file.parts)
    code = [f"{file.relative_to(package)} {file.stat().st_mtime_ns}" for file in files]
    return hashlib.sha256(
        "\n".join([airflow_configuration.write(), version("apache-airflow-core"), *code]).encode()
    ).hexdigest()


def _not_yet_healthy() -> list[str]:
    try:
        answer = httpx.get(f"{airflow_configuration.base_url()}/api/v2/monitor/health", timeout=5, trust_env=False)
        health = answer.raise_for_status().json()
    except (httpx.HTTPError, ValueError):
        return list(SERVICES)
    return [name for name in SERVICES if name != "api-server" and not _has_reported(name, health)]


def _warm_up() -> None:
    """Let the server build its interface for tasks (three seconds) while the others still start, not the first task."""
    with contextlib.suppress(httpx.HTTPError):
        httpx.get(f"{airflow_configuration.base_url()}/execution/health/ping", timeout=30, trust_env=False)


def _has_reported(name: str, health: dict[str, dict[str, str | None]]) -> bool:
    """A heartbeat counts only when it is younger than the process: a killed one's stays fresh for half a minute."""
    part = name.replace("-", "_")
    beat = health.get(part, {}).get(f"latest_{part}_heartbeat")
    record = processes.running(name)
    if beat is None or record is None:
        return False
    return datetime.fromisoformat(beat) >= datetime.fromtimestamp(record.began, UTC)


def _make_database(url: URL) -> None:
    """On a real server, make Airflow's database where it is missing; the embedded server comes with one."""
    if settings.uses_embedded_server():
        return
    administrative = settings.server_address().set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(administrative, autocommit=True) as connection:
        if connection.execute("select 1 from pg_database where datname = %s", [url.database]).fetchone() is None:
            connection.execute(sql.SQL("create database {}").format(sql.Identifier(url.database or "")))


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    settings.home().mkdir(parents=True, exist_ok=True)
    with (settings.home() / "services.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
