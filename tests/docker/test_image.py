"""The image's recipe: the one lock, no privileges, nothing it does not need."""

from __future__ import annotations

import configparser
import os
import re
import runpy
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCKER = ROOT / "docker"
DOCKERFILE = (DOCKER / "Dockerfile").read_text("utf-8")
# Instructions with their continuation lines, without comments.
INSTRUCTIONS = re.sub(r"^#.*\n", "", DOCKERFILE, flags=re.M).replace("\\\n", " ").splitlines()
LAST_STAGE = INSTRUCTIONS[max(i for i, line in enumerate(INSTRUCTIONS) if line.startswith("FROM ")) :]


def of(kind: str, lines: list[str]) -> list[str]:
    return [line for line in lines if line.startswith(f"{kind} ")]


def test_the_one_lock_is_installed_with_its_hashes() -> None:
    installs = [line for line in of("RUN", INSTRUCTIONS) if "pip install" in line]
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
    copied = [
        source for line in of("COPY", INSTRUCTIONS) if "--from=" not in line for source in line.split()[1:-1]
    ]
    assert copied
    for source in copied:
        assert (ROOT / source).exists(), source
        assert source.split("/")[0] in let_in, source


@pytest.mark.parametrize("name", ["entrypoint", "healthcheck", "import_dags", "migrate"])
def test_programs_can_be_executed(name: str) -> None:
    assert os.access(DOCKER / name, os.X_OK)


def test_what_only_development_needs_is_taken_out() -> None:
    unneeded = set(runpy.run_path(str(DOCKER / "unneeded_packages.py"))["unneeded"]("shanhai"))
    assert {"pytest", "mypy", "ruff", "hypothesis"} <= unneeded
    assert not {"shanhai", "apache-airflow", "apache-airflow-core", "dbt-postgres", "great-expectations"} & unneeded


def run_entrypoint(tmp_path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(DOCKER / "entrypoint"), "env"],
        env={"PATH": os.environ["PATH"], "AIRFLOW_HOME": str(tmp_path / "airflow"), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_entrypoint_hands_over_what_the_files_hold(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("it's $HOME & \"more\"\n", "utf-8")
    done = run_entrypoint(
        tmp_path,
        SHANHAI_PIPELINE_PASSWORD_FILE=str(tmp_path / "password"),
        SHANHAI_WEB_PASSWORDS_FILE=str(tmp_path / "password"),
    )
    assert done.returncode == 0, done.stderr
    assert "SHANHAI_PIPELINE_PASSWORD=it's $HOME & \"more\"" in done.stdout.splitlines()
    assert "SHANHAI_WEB_PASSWORDS=" not in done.stdout
    passwords = tmp_path / "airflow" / "passwords.json"
    assert passwords.read_text("utf-8") == "it's $HOME & \"more\"\n"
    assert passwords.stat().st_mode & 0o777 == 0o600


def test_entrypoint_stops_when_a_secret_is_missing(tmp_path: Path) -> None:
    done = run_entrypoint(tmp_path, PGPASSWORD_FILE=str(tmp_path / "absent"))
    assert done.returncode == 78
    assert "PGPASSWORD_FILE" in done.stderr
    assert done.stdout == ""


@pytest.fixture
def health(embedded_server: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[object, dict[str, object]]]:
    """The health check's module and a connection to a database that holds Airflow's table of jobs alone."""
    import psycopg

    from shanhai import settings

    address = settings.airflow_metadata_url()
    monkeypatch.setenv("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", address.render_as_string(hide_password=False))
    module = runpy.run_path(str(DOCKER / "healthcheck"))
    with psycopg.connect(address.set(drivername="postgresql").render_as_string(hide_password=False)) as connection:
        yield connection, module


