"""The embedded server: started twice it is started once, and it comes back from every kind of kill."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import psycopg
import pytest

from shanhai import credentials, settings
from shanhai.platform import postgres


def connect(role: str = "owner") -> psycopg.Connection[tuple[object, ...]]:
    # Any name of a role may be asked for here, wrong ones too.
    url = settings.warehouse_url(role).set(drivername="postgresql")  # type: ignore[arg-type]
    return psycopg.connect(url.render_as_string(hide_password=False))


def process_id(home: Path) -> int:
    return int((home / "postgres" / "data" / "postmaster.pid").read_text().splitlines()[0])


def kill(number: int) -> None:
    os.kill(number, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while psutil.pid_exists(number) and psutil.Process(number).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_it_has_both_databases_and_sorts_the_same_everywhere(embedded_server: Path) -> None:
    with connect() as connection:
        databases = {row[0] for row in connection.execute("select datname from pg_database")}
        assert {"warehouse", "airflow"} <= databases
        (locale,) = connection.execute(
            "select datlocale from pg_database where datname = current_database()"
        ).fetchone() or ("",)
        assert locale == "C.UTF-8"


def test_a_wrong_password_is_refused(embedded_server: Path) -> None:
    url = settings.embedded_address("warehouse", "postgres").set(drivername="postgresql", password="wrong")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(url.render_as_string(hide_password=False))


def test_it_listens_on_loopback_only(embedded_server: Path) -> None:
    listening = [
        c.laddr.ip for c in psutil.Process(process_id(embedded_server)).net_connections("all") if c.status == "LISTEN"
    ]
    assert listening == ["127.0.0.1"]


def test_a_second_start_changes_nothing(embedded_server: Path) -> None:
    first, address = process_id(embedded_server), settings.embedded_address_file().read_text()
    postgres.start()
    assert (process_id(embedded_server), settings.embedded_address_file().read_text()) == (first, address)
    assert postgres.is_running()


def test_it_stops_and_starts_with_data_and_port_kept(home: Path) -> None:
    postgres.start()
    with connect() as connection:
        connection.execute("create schema kept")
    address = settings.embedded_address_file().read_text()
    postgres.stop()
    assert not postgres.is_running()
    postgres.stop()
    postgres.start()
    assert settings.embedded_address_file().read_text() == address
    with connect() as connection:
        assert connection.execute("select 1 from pg_namespace where nspname = 'kept'").fetchone()


def test_it_comes_back_after_a_kill_with_what_was_committed(home: Path) -> None:
    postgres.start()
    with connect() as connection:
        connection.execute("create schema committed")
    kill(process_id(home))
    assert not postgres.is_running()
    postgres.start()
    with connect() as connection:
        assert connection.execute("select 1 from pg_namespace where nspname = 'committed'").fetchone()


def test_a_stale_file_that_names_another_process_is_no_obstacle(home: Path) -> None:
    postgres.start()
    pid_file = home / "postgres" / "data" / "postmaster.pid"
    content = pid_file.read_text().splitlines()
    kill(process_id(home))
    with subprocess.Popen(["/bin/sleep", "60"]) as other:
        pid_file.write_text("\n".join([str(other.pid), *content[1:]]) + "\n")
        assert not postgres.is_running()
        postgres.start()
        assert postgres.is_running()
        assert other.poll() is None
        other.kill()


def test_it_moves_to_a_free_port_when_its_own_is_taken(home: Path) -> None:
    postgres.start()
    port = settings.embedded_address("warehouse", "postgres").port
    postgres.stop()
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", port or 0))
        other.listen()
        postgres.start()
        assert settings.embedded_address("warehouse", "postgres").port != port
        connect().close()


def test_killing_the_launcher_at_any_moment_leaves_something_that_starts(home: Path) -> None:
    program = [sys.executable, "-c", "from shanhai.platform import postgres; postgres.start()"]
    for seconds in (0.3, 0.45, 0.6, 0.7, 0.8, 0.9, 1.0, 1.2):
        launcher = subprocess.Popen(program)
        time.sleep(seconds)
        launcher.kill()
        launcher.wait()
    postgres.start()
    connect().close()


def test_a_lost_address_is_learnt_from_the_running_server(home: Path) -> None:
    postgres.start()
    address = settings.embedded_address_file().read_text()
    settings.embedded_address_file().unlink()
    postgres.start()
    assert settings.embedded_address_file().read_text() == address


def test_data_and_credentials_are_private(embedded_server: Path) -> None:
    assert (embedded_server / "postgres" / "data").stat().st_mode & 0o077 == 0
    assert credentials.credentials_file().stat().st_mode & 0o777 == 0o600
    log = (embedded_server / "postgres" / "server.log").read_text()
    assert (credentials.read("embedded", "postgres") or "?") not in log


def test_as_root_it_runs_under_an_account_without_rights(embedded_server: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("not root: it runs as the person")
    assert psutil.Process(process_id(embedded_server)).uids().real != 0


def test_under_a_folder_that_account_cannot_enter_it_lives_elsewhere(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A checkout under /root: neither the data folder nor the environment's programs can be reached."""
    if os.geteuid() != 0:
        pytest.skip("not root: it runs as the person")
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    package = postgres.wheel_programs().parent
    for folder in (package, package.with_name(f"{package.name}.libs")):
        if folder.exists():
            shutil.copytree(folder, closed / folder.name, symlinks=True)
    monkeypatch.setattr(postgres, "wheel_programs", lambda: closed / package.name / "pginstall")
    monkeypatch.setenv("SHANHAI_HOME", str(closed / "home"))
    postgres.start()
    place = (closed / "home" / "postgres").readlink()
    assert place.is_relative_to("/var/lib/shanhai")
    connect().close()
    assert closed.stat().st_mode & 0o777 == 0o700
    postgres.stop()
    postgres.start()
    connect().close()
    postgres.remove()
    assert not place.exists()
    assert not (closed / "home" / "postgres").is_symlink()
