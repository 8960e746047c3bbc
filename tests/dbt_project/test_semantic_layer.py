"""MetricFlow, as a reader of the marts, gives the values of the catalogue's metrics and adds only what may be added."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.conftest import ReleasedWarehouse

from shanhai import settings
from shanhai.warehouse.connection import connect

DEFINITIONS = settings.DBT_PROJECT / "models" / "core" / "_semantic__metrics.yml"
NAMES = [each["name"] for each in yaml.safe_load(DEFINITIONS.read_text("utf-8"))["metrics"]]
METRICS = tuple(name for name in NAMES if not name.endswith("_of_counties"))
TOTALS = tuple(name for name in NAMES if name not in METRICS)
# What has no end, such as a figure without a date, is no answer of a layer that counts in time.
ONE_VALUE = ("subject_kind", "subject_name", "division_code", "period_end", "time_period", "accum")


@pytest.fixture(scope="module")
def project(released_warehouse: ReleasedWarehouse, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project, parsed: MetricFlow looks for what dbt parsed inside the project and nowhere else."""
    copy = tmp_path_factory.mktemp("semantic_layer") / "dbt_project"
    shutil.copytree(settings.DBT_PROJECT, copy)
    run(copy, "dbt", "--quiet", "parse")
    return copy


def run(project: Path, command: str, *arguments: str) -> None:
    """Run a program of this environment in the project as the reader, who sees nothing but the views of `marts`."""
    url = settings.warehouse_url("reader")
    environment = os.environ | {
        "SHANHAI_RELEASE_SCHEMA": "marts",
        "SHANHAI_DBT_HOST": url.host or "",
        "SHANHAI_DBT_PORT": str(url.port or 5432),
        "SHANHAI_DBT_DBNAME": url.database or "",
        "SHANHAI_DBT_USER": url.username or "",
        "SHANHAI_DBT_PASSWORD": url.password or "",
        "DBT_LOG_PATH": str(project / "logs"),
        "DO_NOT_TRACK": "1",
    }
    program = Path(sys.executable).with_name(command)
    done = subprocess.run(
        [program, *arguments], cwd=project, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def asked(project: Path, metrics: tuple[str, ...], by: tuple[str, ...]) -> dict[tuple[str, ...], Decimal]:
    """What MetricFlow answers: (metric, the dimensions' values) → value."""
    answer = project / "answer.csv"
    dimensions = ",".join(f"metric_value__{dimension}" for dimension in by)
    run(project, "mf", "query", "--metrics", ",".join(metrics), "--group-by", dimensions, "--csv", str(answer))
    columns = [f"metric_value__{each}" + ("__day" if each == "period_end" else "") for each in by]
    with answer.open(encoding="utf-8", newline="") as file:
        return {
            (metric, *(row[column] for column in columns)): Decimal(row[metric])
            for row in csv.DictReader(file)
            for metric in metrics
            if row[metric]
        }


def published() -> dict[tuple[str, ...], Any]:
    with connect("reader") as connection:
        rows = connection.execute(
            "select metric_code, subject_kind, subject_name, coalesce(division_code, ''), period_end::timestamp::text, "
            "time_period, accum, value from marts.fct_metrics "
            "where metric_code = any(%s) and value is not null and is_shown and period_end is not null",
            (list(METRICS),),
        ).fetchall()
    found = {tuple(row[:-1]): row[-1] for row in rows}
    assert len(found) == len(rows), "two values of one area and period are shown"
    return found


def test_every_metric_of_one_area_and_period_is_the_value_of_the_mart(project: Path) -> None:
    expected = published()
    assert {key[0] for key in expected} == set(METRICS)
    answered = asked(project, METRICS, ONE_VALUE)
    assert answered.keys() == expected.keys()
    assert [key for key, value in answered.items() if abs(value - expected[key]) > Decimal("1e-6")] == []


def test_no_metric_of_one_area_is_added_over_areas_or_rounds(project: Path) -> None:
    """Zhejiang's GDP of 2023 was published twice; without areas there is a largest value and no sum."""
    answered = asked(project, ("gdp",), ("subject_name", "period_end"))
    assert answered["gdp", "浙江省", "2023-12-31 00:00:00"] == Decimal(8562000000000)
    largest: dict[tuple[str, str], Decimal] = {}
    for (metric, *_, day, _, _), value in published().items():
        largest[metric, day] = max(value, largest.get((metric, day), value))
    assert asked(project, METRICS, ("period_end",)) == pytest.approx(largest)


@pytest.mark.parametrize("by", [("period_end",), ("subject_kind", "period_end")])
def test_a_total_is_of_counties_whatever_it_is_grouped_by(project: Path, by: tuple[str, ...]) -> None:
    """Neither the province nor its prefectures are in it, nor a quarter beside its year."""
    with connect("reader") as connection:
        rows = connection.execute(
            "select metric_code, period_end::timestamp::text, sum(value), count(*) from marts.fct_metrics "
            "inner join marts.dim_divisions using (division_code) where is_current and division_level = '县级' "
            "and is_shown and freq = 'A' and value_qualifier in ('EXACT', 'APPROX') and value is not null group by 1, 2"
        ).fetchall()
    expected = {(metric, day): total for metric, day, total, _ in rows if f"{metric}_of_counties" in TOTALS}
    answered = asked(project, TOTALS, by)
    assert {(key[0].removesuffix("_of_counties"), key[-1]): value for key, value in answered.items()} == expected
    assert max(count for metric, _, _, count in rows if f"{metric}_of_counties" in TOTALS) > 20
