"""A dbt project of a few models on the project's own sources, macros and generic tests, which builds in seconds.

The release module asks for the accepted loads, the history of figures, the figures and the metrics by their names; what
else the marts are, it does not mind.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import yaml

from shanhai import settings

# The loads that its releases hold.
EDITIONS = [
    ("county_bureaus_of_statistics/communique", "yunhe-2022"),
    ("national_bureau_of_statistics/county_yearbook", "2020"),
]
_FEW_MODELS = Path(__file__).with_name("few_models")
_KEPT = ("macros", "tests/generic", "profiles.yml", "models/staging/stg_ops__accepted_loads.sql")


def write(target: Path) -> None:
    """Write the project into a new folder."""
    origin = settings.DBT_PROJECT
    shutil.copytree(_FEW_MODELS, target / "models")
    for name in (*_KEPT, *(str(path.relative_to(origin)) for path in origin.glob("models/staging/*sources.yml"))):
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        if (origin / name).is_dir():
            shutil.copytree(origin / name, target / name)
        else:
            shutil.copy(origin / name, target / name)
    document = yaml.safe_load((origin / "dbt_project.yml").read_text("utf-8"))
    # The layers and what is promoted stay; contracts and owners are of the whole project's models.
    for layer in ("core", "marts"):
        document["models"]["shanhai"][layer] = {
            "+materialized": "table", "+meta": {"promoted": True, "owner": "tests"}
        }  # fmt: skip
    _drop(document, ("+group", "+access"))
    (target / "dbt_project.yml").write_text(yaml.safe_dump(document, allow_unicode=True), "utf-8")


def _drop(settings_of_models: dict[str, Any], names: tuple[str, ...]) -> None:
    for name, value in list(settings_of_models.items()):
        if name in names:
            del settings_of_models[name]
        elif isinstance(value, dict):
            _drop(value, names)
