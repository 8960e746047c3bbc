"""The locks say exactly what their inputs ask for, with hashes, and never where to fetch it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = Path(__file__).resolve().parents[1]
PIN = re.compile(
    r"^(?P<name>[a-z0-9._-]+)==(?P<version>[^\s;\\]+)"
    r"(?: ; (?P<marker>[^\\\n]+?))?"
    r"(?P<hashes>(?: \\\n {4}--hash=sha256:[0-9a-f]{64})*)$",
    re.M,
)


LOCKS = ("requirements.lock", "requirements-linters.lock")


def lock_text(lock: str) -> str:
    return (PROJECT / lock).read_text("utf-8")


def pins(lock: str = "requirements.lock") -> dict[str, list[re.Match[str]]]:
    found: dict[str, list[re.Match[str]]] = {}
    for pin in PIN.finditer(lock_text(lock)):
        found.setdefault(canonicalize_name(pin["name"]), []).append(pin)
    return found


def direct_requirements() -> list[Requirement]:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]
    groups = project["optional-dependencies"].values()
    return [Requirement(text) for text in [*project["dependencies"], *(text for group in groups for text in group)]]


@pytest.mark.parametrize("requirement", direct_requirements(), ids=lambda requirement: requirement.name)
def test_a_direct_dependency_is_locked_at_a_version_it_admits(requirement: Requirement) -> None:
    locked = pins().get(canonicalize_name(requirement.name))
    assert locked, f"{requirement.name} is not in requirements.lock; run `make lock`"
    for pin in locked:
        assert requirement.specifier.contains(pin["version"], prereleases=True), f"{requirement} but {pin['version']}"


def test_the_build_backend_is_locked() -> None:
    """The project is installed without build isolation, so the environment must hold the backend."""
    requires = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["build-system"]["requires"]
    for requirement in map(Requirement, requires):
        assert requirement.specifier.contains(pins()[canonicalize_name(requirement.name)][0]["version"])


def test_the_linters_are_locked_as_its_input_says() -> None:
    lines = (PROJECT / "requirements-linters.in").read_text("utf-8").splitlines()
    wanted = [Requirement(line) for line in lines if not line.startswith("#")]
    assert wanted
    for requirement in wanted:
        (pin,) = pins("requirements-linters.lock")[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(pin["version"])


@pytest.mark.parametrize("lock", LOCKS)
def test_each_pin_has_hashes(lock: str) -> None:
    assert len(pins(lock)) > 50
    assert [pin["name"] for found in pins(lock).values() for pin in found if not pin["hashes"]] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_every_line_belongs_to_a_pin(lock: str) -> None:
    left = PIN.sub("", lock_text(lock))
    assert [line for line in left.splitlines() if line.strip() and not line.startswith("#")] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_it_names_no_address(lock: str) -> None:
    assert "://" not in lock_text(lock)
    assert not re.search(r"^\s*(-i|-f|--(extra-)?index-url|--find-links|--trusted-host)\b", lock_text(lock), re.M)
