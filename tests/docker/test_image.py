"""The image's recipe: the one lock, no privileges, nothing it does not need."""

from __future__ import annotations

import base64
import configparser
import json
import os
import re
import runpy
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from shanhai import settings
from shanhai.platform import airflow_configuration
from shanhai.warehouse.connection import libpq_address

ROOT = Path(__file__).resolve().parents[2]
DOCKER = ROOT / "docker"
DOCKERFILE = (DOCKER / "Dockerfile").read_text("utf-8")
# Instructions with their continuation lines, without comments.
INSTRUCTIONS = re.sub(r"^#.*\n", "", DOCKERFILE, flags=re.M).replace("\\\n", " ").splitlines()
LAST_STAGE = INSTRUCTIONS[max(i for i, line in enumerate(INSTRUCTIONS) if line.startswith("FROM ")) :]


def of(kind: str, lines: list[str]) -> list[str]:
    return [line for line in lines if line.startswith(f"{kind} ")]


def test_the_one_lock_is_installed_with_its_hashes() -> None:
    installs = [line for line in of("RUN", INSTRUCTIONS) if re.search(r"\bpip\b.* install ", line)]
    assert len(installs) == 2
    assert "--require-hashes" in installs[0]
    assert "--requirement requirements.lock" in installs[0]
    assert {"--no-deps", "--no-index", "--no-build-isolation"} <= set(installs[1].split())
    assert any(line == "COPY requirements.lock ./" for line in INSTRUCTIONS)
    assert [path.name for path in DOCKER.glob("*.lock")] == []


def test_no_index_or_other_host_is_named() -> None:
    named = re.compile(r"https?://(?!api-server:|127\.0\.0\.1:|localhost:)|--(extra-)?index-url|--find-links")
    files = [path for path in DOCKER.rglob("*") if path.is_file() and path.parent.name != "secrets"]
    assert len(files) >= 10
    for path in files:
        assert not named.search(path.read_text("utf-8")), path


def test_ends_as_a_fixed_account_that_is_not_root() -> None:
    assert of("USER", LAST_STAGE) == ["USER 50000:0"]
    after_user = LAST_STAGE[LAST_STAGE.index("USER 50000:0") :]
    assert not of("RUN", after_user) + of("COPY", after_user)


def test_nothing_is_compiled_and_no_package_system_is_used() -> None:
    assert "PIP_ONLY_BINARY=:all:" in DOCKERFILE
    assert not re.search(r"\b(apt-get|apk|gcc|build-essential)\b", DOCKERFILE)


def test_checks_health_and_names_the_project() -> None:
    assert len(of("HEALTHCHECK", LAST_STAGE)) == 1
    environment = " ".join(of("ENV", LAST_STAGE)).split()
    assert {
        "SHANHAI_PROJECT_ROOT=/opt/shanhai",
        "SHANHAI_HOME=/var/lib/shanhai",
        "DO_NOT_TRACK=1",
        "GX_ANALYTICS_ENABLED=false",
        "DBT_SEND_ANONYMOUS_USAGE_STATS=false",
    } <= set(environment)
    assert of("VOLUME", LAST_STAGE) == ['VOLUME ["/var/lib/shanhai", "/var/log/shanhai"]']


def test_every_copied_path_exists_and_is_let_into_the_context() -> None:
    let_in = {line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line.startswith("!")}
    copied = [source for line in of("COPY", INSTRUCTIONS) if "--from=" not in line for source in line.split()[1:-1]]
    assert copied
    for source in copied:
        assert (ROOT / source).exists(), source
        assert source.split("/")[0] in let_in, source


@pytest.mark.parametrize("name", ["entrypoint", "healthcheck", "import_dags", "migrate"])
def test_programs_can_be_executed(name: str) -> None:
    assert os.access(DOCKER / name, os.X_OK)


def test_what_only_development_needs_is_taken_out() -> None:
    unneeded = set(runpy.run_path(str(DOCKER / "unneeded_packages.py"))["unneeded"](ROOT / "pyproject.toml"))
    assert {"pytest", "mypy", "ruff", "hypothesis"} <= unneeded
    assert not {"apache-airflow", "apache-airflow-core", "dbt-postgres", "great-expectations"} & unneeded


def run_entrypoint(tmp_path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(DOCKER / "entrypoint"), "env"],
        env={"PATH": os.environ["PATH"], "AIRFLOW_HOME": str(tmp_path / "airflow"), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_entrypoint_hands_over_what_the_files_hold(tmp_path: Path) -> None:
    (tmp_path / "password").write_text('it\'s $HOME & "more"\n', "utf-8")
    done = run_entrypoint(
        tmp_path,
        SHANHAI_PIPELINE_PASSWORD_FILE=str(tmp_path / "password"),
        SHANHAI_WEB_PASSWORDS_FILE=str(tmp_path / "password"),
    )
    assert done.returncode == 0, done.stderr
    assert 'SHANHAI_PIPELINE_PASSWORD=it\'s $HOME & "more"' in done.stdout.splitlines()
    assert "SHANHAI_WEB_PASSWORDS=" not in done.stdout
    passwords = tmp_path / "airflow" / "passwords.json"
    assert passwords.read_text("utf-8") == 'it\'s $HOME & "more"\n'
    assert passwords.stat().st_mode & 0o777 == 0o600


def test_entrypoint_stops_when_a_secret_is_missing(tmp_path: Path) -> None:
    done = run_entrypoint(tmp_path, PGPASSWORD_FILE=str(tmp_path / "absent"))
    assert done.returncode == 78
    assert "PGPASSWORD_FILE" in done.stderr
    assert done.stdout == ""


@pytest.fixture
def jobs(embedded_server: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[psycopg.Connection]:
    """A database with an empty table of jobs, which the health check is told to ask."""
    server = settings.embedded_address("postgres", "postgres")
    database = server.set(database="health_check")
    address = f"postgresql+psycopg2://{server.username}@{server.host}:{server.port}/{database.database}"
    (tmp_path / "password").write_text(f"{server.password}\n", "utf-8")
    monkeypatch.setenv("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", address)
    monkeypatch.setenv("PGPASSWORD_FILE", str(tmp_path / "password"))
    with psycopg.connect(libpq_address(server), autocommit=True) as administrative:
        administrative.execute("create database health_check")
        try:
            with psycopg.connect(libpq_address(database), autocommit=True) as connection:
                connection.execute(
                    "create table job (job_type text, hostname text, state text, latest_heartbeat timestamptz)"
                )
                yield connection
        finally:
            administrative.execute("drop database health_check with (force)")


def health_of(service: str) -> tuple[int, str]:
    environment = {**os.environ, "SHANHAI_SERVICE": service}
    environment.pop("PGPASSWORD", None)
    command = [sys.executable, str(DOCKER / "healthcheck")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_health_is_a_fresh_heartbeat_of_this_container(jobs: psycopg.Connection) -> None:
    def report(host: str, state: str, age: str) -> None:
        statement = "insert into job values ('SchedulerJob', %s, %s, now() - %s::interval)"
        jobs.execute(statement, [host, state, age])

    here = socket.gethostname()
    report("another", "running", "1 second")
    report(here, "success", "1 second")
    report(here, "running", "2 minutes")
    assert health_of("scheduler") == (1, "scheduler: no fresh heartbeat\n")
    report(here, "running", "20 seconds")
    assert health_of("scheduler") == (0, "scheduler: healthy\n")
    assert health_of("triggerer") == (1, "triggerer: no fresh heartbeat\n")


def test_health_fails_when_nothing_can_be_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", "postgresql+psycopg2://airflow@127.0.0.1:1/airflow")
    assert health_of("scheduler")[0] == 1
    assert health_of("no such service")[0] == 1


def test_health_asks_for_what_airflow_stores(tmp_path: Path) -> None:
    program = """
import json
from airflow.jobs.dag_processor_job_runner import DagProcessorJobRunner
from airflow.jobs.job import Job
from airflow.jobs.scheduler_job_runner import SchedulerJobRunner
from airflow.jobs.triggerer_job_runner import TriggererJobRunner
runners = {"scheduler": SchedulerJobRunner, "dag-processor": DagProcessorJobRunner, "triggerer": TriggererJobRunner}
job_types = {service: runner.job_type for service, runner in runners.items()}
print(json.dumps([Job.__tablename__, [column.name for column in Job.__table__.columns], job_types]))
"""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program],
        env={**os.environ, "AIRFLOW_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    table, columns, job_types = json.loads(done.stdout.splitlines()[-1])
    check = runpy.run_path(str(DOCKER / "healthcheck"))
    assert check["JOB_TYPES"] == job_types
    assert f" from {table} " in check["LATEST"]
    assert {"job_type", "hostname", "state", "latest_heartbeat"} <= set(columns)
    configuration = configparser.ConfigParser()
    configuration.read(DOCKER / "airflow.cfg", "utf-8")
    assert configuration["core"]["hostname_callable"] == "socket.gethostname"
    assert configuration["api"]["port"] == str(check["PORT"])


def test_containers_are_configured_as_one_machine_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHANHAI_HOME", str(tmp_path))
    monkeypatch.setenv("SHANHAI_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/warehouse")
    one_machine, container = configparser.RawConfigParser(), configparser.RawConfigParser()
    one_machine.read_string(airflow_configuration.write())
    container.read(DOCKER / "airflow.cfg", "utf-8")
    places = re.compile(r"_folder$|_file$|_directory$|^host$|^port$")
    shared = {
        (section, option): (one_machine[section][option], value)
        for section in container.sections()
        for option, value in container[section].items()
        if one_machine.has_option(section, option) and not places.search(option)
    }
    assert len(shared) >= 8
    assert {name: both for name, both in shared.items() if both[0] != both[1]} == {}


# `make test` makes the environment of the linters.
LINTERS = settings.PROJECT_ROOT / ".venv-linters" / "bin"


def test_hadolint_finds_nothing() -> None:
    command = [str(LINTERS / "hadolint"), str(DOCKER / "Dockerfile")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_shellcheck_finds_nothing() -> None:
    scripts = [str(DOCKER / name) for name in ("entrypoint", "build_and_check.sh", "make_secrets.sh")]
    command = [str(LINTERS / "shellcheck"), *scripts]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_secrets_are_made_once_and_closed_to_others(tmp_path: Path) -> None:
    script = shutil.copy(DOCKER / "make_secrets.sh", tmp_path)

    def made() -> dict[str, str]:
        subprocess.run(["/bin/bash", script], capture_output=True, check=True)
        return {path.name: path.read_text("ascii") for path in (tmp_path / "secrets").iterdir()}

    first = made()
    assert len(first) == len(set(first.values())) == 10
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700
    assert len(base64.urlsafe_b64decode(first["airflow_fernet_key"])) == 32
    assert json.loads(first["airflow_web_passwords"]).keys() == airflow_configuration.USERS.keys()
    (tmp_path / "secrets" / "reader_password").unlink()
    second = made()
    assert {name for name in first if first[name] != second[name]} == {"reader_password"}
