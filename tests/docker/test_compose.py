"""The compose file: nothing is open to others, nothing secret stands in it, everything is confined and watched."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

DOCKER = Path(__file__).resolve().parents[2] / "docker"
COMPOSE: dict[str, Any] = yaml.safe_load((DOCKER / "compose.yaml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
AIRFLOW = {"api-server", "scheduler", "dag-processor", "triggerer"}
ONE_SHOT = {"migrate"}
each_service = pytest.mark.parametrize("name", sorted(SERVICES))


def test_services_are_exactly_these() -> None:
    assert set(SERVICES) == AIRFLOW | ONE_SHOT | {"postgres"}


def test_only_the_web_page_is_published_and_only_on_loopback() -> None:
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert set(published) == {"api-server"}
    assert all(port.startswith("127.0.0.1:") for port in published["api-server"])
    assert not [name for name, service in SERVICES.items() if "network_mode" in service]


def test_database_is_on_internal_networks_only() -> None:
    assert SERVICES["postgres"]["networks"] == ["database"]
    assert COMPOSE["networks"]["database"]["internal"] is True
    outward = {name for name, options in COMPOSE["networks"].items() if not (options or {}).get("internal")}
    assert {name for name, service in SERVICES.items() if outward & set(service["networks"])} == {"api-server"}


@each_service
def test_image_has_a_version(name: str) -> None:
    image = SERVICES[name]["image"]
    assert re.fullmatch(r"(\$\{SHANHAI_IMAGE:-)?[a-z/]+:\d[\d.]*\}?", image), image


@each_service
def test_service_is_confined(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "cap_add" not in service
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["deploy"]["resources"]["limits"].keys() == {"cpus", "memory", "pids"}
    assert not service.get("privileged")


@each_service
def test_service_is_watched(name: str) -> None:
    check = SERVICES[name]["healthcheck"]
    if name in ONE_SHOT:
        assert check == {"disable": True}
    else:
        assert check["test"][0] == "CMD"
        assert {"interval", "timeout", "start_period", "retries"} <= check.keys()
    if name in AIRFLOW:
        assert SERVICES[name]["environment"]["SHANHAI_SERVICE"] == name


@each_service
def test_service_starts_after_what_it_needs(name: str) -> None:
    wanted = {"postgres": {}, "migrate": {"postgres": "service_healthy"}}.get(
        name, {"migrate": "service_completed_successfully"}
    )
    conditions = {other: needed["condition"] for other, needed in SERVICES[name].get("depends_on", {}).items()}
    assert wanted.items() <= conditions.items()


@each_service
def test_no_secret_stands_in_the_environment(name: str) -> None:
    environment: dict[str, str] = SERVICES[name]["environment"]
    assert environment
    for variable, value in environment.items():
        if re.search(r"PASSWORD|SECRET|KEY", variable):
            assert variable.endswith(("_FILE", "_CMD")), variable
            assert re.fullmatch(r"(cat )?/run/secrets/[a-z_]+", value), variable
        assert not re.search(r"://[^/@]*:[^/@]*@", str(value)), f"{variable} holds a password"


@each_service
def test_service_is_given_exactly_the_secrets_it_reads(name: str) -> None:
    read = {
        match
        for value in SERVICES[name]["environment"].values()
        for match in re.findall(r"/run/secrets/([a-z_]+)", str(value))
    }
    assert read
    assert set(SERVICES[name]["secrets"]) == read


def test_every_secret_is_a_file_that_the_script_makes() -> None:
    used = {secret for service in SERVICES.values() for secret in service["secrets"]}
    assert used == set(COMPOSE["secrets"])
    script = (DOCKER / "make_secrets.sh").read_text("utf-8")
    roles = re.search(r"for role in ([a-z ]+);", script)
    assert roles
    made = {f"{role}_password" for role in roles[1].split()} | set(re.findall(r"^keep_or_write (\w+)", script, re.M))
    assert made == used
    assert {name: source["file"] for name, source in COMPOSE["secrets"].items()} == {
        name: f"secrets/{name}" for name in used
    }
    assert "/secrets/" in (DOCKER / ".gitignore").read_text("utf-8").splitlines()


def test_only_the_migrations_have_the_administrative_account() -> None:
    assert {name for name, service in SERVICES.items() if "owner_password" in service["secrets"]} == {
        "migrate",
        "postgres",
    }
    addresses = {
        name: service["environment"]["SHANHAI_DATABASE_URL"]
        for name, service in SERVICES.items()
        if "SHANHAI_DATABASE_URL" in service["environment"]
    }
    assert addresses == {
        "migrate": "postgresql://shanhai_owner@postgres:5432/warehouse",
        "scheduler": "postgresql://shanhai_pipeline@postgres:5432/warehouse",
    }
