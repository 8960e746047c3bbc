"""Prints the installed packages that the project does not require at run time: the tools of development."""

from __future__ import annotations

import sys
from importlib.metadata import distribution, distributions

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


def required(name: str) -> set[str]:
    """The names of a distribution and of everything it requires, through every extra that is asked for."""
    found: set[str] = set()
    asked: set[tuple[str, str]] = set()
    ahead = {(canonicalize_name(name), "")}
    while ahead:
        package, extra = ahead.pop()
        asked.add((package, extra))
        found.add(package)
        for line in distribution(package).requires or []:
            requirement = Requirement(line)
            if requirement.marker and not requirement.marker.evaluate({"extra": extra}):
                continue
            dependency = canonicalize_name(requirement.name)
            ahead |= {(dependency, wanted) for wanted in ["", *requirement.extras]} - asked
    return found


def unneeded(project: str) -> list[str]:
    """What is installed and not required by the project; never the installer, which is still at work."""
    installed = {canonicalize_name(found.metadata["Name"]) for found in distributions()}
    return sorted(installed - required(project) - {"pip"})


if __name__ == "__main__":
    sys.stdout.write("".join(f"{name}\n" for name in unneeded("shanhai")))
