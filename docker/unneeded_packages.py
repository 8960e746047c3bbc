"""Prints the installed packages that the project does not require at run time: the tools of development."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterable
from importlib.metadata import distribution, distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


def required(by: Iterable[str]) -> set[str]:
    """The names of everything that some requirements ask for, through every extra, to the end."""
    asked: set[tuple[str, str]] = set()
    ahead = _wanted(by)
    while ahead:
        package, extra = ahead.pop()
        asked.add((package, extra))
        ahead |= _wanted(distribution(package).requires or [], extra) - asked
    return {package for package, _ in asked}


def _wanted(lines: Iterable[str], extra: str = "") -> set[tuple[str, str]]:
    requirements = [Requirement(line) for line in lines]
    return {
        (canonicalize_name(requirement.name), wanted)
        for requirement in requirements
        if requirement.marker is None or requirement.marker.evaluate({"extra": extra})
        for wanted in ["", *requirement.extras]
    }


def unneeded(project: Path) -> list[str]:
    """What is installed and not required by a pyproject.toml; never the installer, which is still at work."""
    dependencies = tomllib.loads(project.read_text("utf-8"))["project"]["dependencies"]
    installed = {canonicalize_name(found.metadata["Name"]) for found in distributions()}
    return sorted(installed - required(dependencies) - {"pip"})


if __name__ == "__main__":
    sys.stdout.write("".join(f"{name}\n" for name in unneeded(Path(sys.argv[1]))))
