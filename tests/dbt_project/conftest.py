"""The project as dbt understands it: one manifest per session, parsed without a database."""

from __future__ import annotations

import json
from typing import Any

import pytest

from shanhai import settings


@pytest.fixture(scope="session")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """manifest.json of `dbt parse`; warnings of the parser fail it."""
    from dbt.cli.main import dbtRunner

    work = tmp_path_factory.mktemp("dbt")
    result = dbtRunner().invoke([
        "--quiet", "--warn-error-options", '{"error": "all"}', "--log-path", str(work), "parse", "--no-partial-parse",
        "--project-dir", str(settings.DBT_PROJECT), "--profiles-dir", str(settings.DBT_PROJECT),
        "--target-path", str(work),
    ])  # fmt: skip
    assert result.success, result.exception
    parsed: dict[str, Any] = json.loads((work / "manifest.json").read_text("utf-8"))
    return parsed


@pytest.fixture(scope="session")
def models(manifest: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Models by name."""
    return {n["name"]: n for n in manifest["nodes"].values() if n["resource_type"] == "model"}


@pytest.fixture(scope="session")
def marts(models: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The models of the folder marts/."""
    found = {name: model for name, model in models.items() if model["path"].startswith("marts/")}
    assert len(found) >= 9
    return found


@pytest.fixture(scope="session")
def promoted(models: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The models that readers see."""
    found = {name: model for name, model in models.items() if model["config"]["meta"].get("promoted")}
    assert len(found) >= 15
    return found
