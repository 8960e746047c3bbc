"""The project's dbt models cut down to a few that need a handful of loads: the same macros, tests and contracts."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import yaml

from shanhai import settings

# What is kept besides everything these read.
KEPT = ("mart_scheme_rules", "dim_indicators", "dim_publications", "dim_programmes", "dim_list_membership")
# The loads that those models read.
EDITIONS = [
    ("shanhai_registry/scheme_rules", "first"),
    ("shanhai_registry/programmes", "first"),
    ("shanhai_registry/division_lists", "first"),
]
_REFERENCE = re.compile(r"ref\(\s*'(\w+)'\s*\)")


def write(target: Path) -> None:
    """Copy the project with every other model and seed disabled, and with the singular tests that still find theirs."""
    shutil.copytree(settings.DBT_PROJECT, target)
    models = {path.stem: path for path in (target / "models").rglob("*.sql")}
    seeds = {path.stem: path for path in (target / "seeds").rglob("*.csv")}
    kept: set[str] = set()
    asked = list(KEPT)
    while asked:
        name = asked.pop()
        if name not in kept:
            kept.add(name)
            asked += references(models[name], target) if name in models else []
    for test in (target / "tests").glob("*.sql"):
        if not set(references(test, target)) <= kept:
            test.unlink()
    for path in (target / "models").rglob("*.yml"):
        _cut(path, kept)
    document = yaml.safe_load((target / "dbt_project.yml").read_text("utf-8"))
    for kind, paths in (("models", models), ("seeds", seeds)):
        for name in paths.keys() - kept:
            place = document[kind]["shanhai"]
            for part in paths[name].relative_to(target / kind).with_suffix("").parts:
                place = place.setdefault(part, {})
            place["+enabled"] = False
    (target / "dbt_project.yml").write_text(yaml.safe_dump(document, allow_unicode=True), "utf-8")


def _cut(path: Path, kept: set[str]) -> None:
    """Leave of a properties file what is about kept models, and what names no model."""
    document = yaml.safe_load(path.read_text("utf-8"))
    about = {
        "models": lambda each: each["name"] in kept,
        "unit_tests": lambda each: each["model"] in kept,
    }
    left = {name: document[name] for name in ("version", "sources", "groups") if name in document}
    for name, wanted in about.items():
        left[name] = [each for each in document.get(name, []) if wanted(each)]
    path.write_text(yaml.safe_dump(left, allow_unicode=True), "utf-8")


def references(path: Path, project: Path) -> list[str]:
    """What a file of SQL reads, directly or through a macro of the project."""
    text = path.read_text("utf-8")
    found = _REFERENCE.findall(text)
    for macro in (project / "macros").glob("*.sql"):
        if re.search(rf"\b{macro.stem}\(", text):
            found += _REFERENCE.findall(macro.read_text("utf-8"))
    return found
