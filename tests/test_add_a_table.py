"""A new table is one document and one row per new indicator: no code, and its figures are in a mart."""

import hashlib
import os
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from psycopg import sql

from shanhai import settings
from shanhai.warehouse.connection import connect

PUBLICATION = "县(市),茶园面积\r\n,公顷\r\n松阳县,8533\r\n景宁畲族自治县,…\r\n"
ORIGIN = """\
title: 浙江省茶园面积(测试用)
publisher: 测试局
licence: made up for a test
reliability: official
transcription: made up for a test; nobody published it
"""
PUBLISHER = "name: {zh: 测试局, en: A test bureau}\ndescription: {zh: 测试用, en: For a test}\n"
DOCUMENT = """\
title: {zh: 茶园面积, en: Area of tea gardens}
licence: made up for a test
relation: observations
carrier: csv
encoding: gb18030
symbols: {"…": below_unit}
period: 2020
layout: {head_rows: [1, 2], unit_row: 2, label_column: 县(市), within: 浙江省}
columns:
  - {head: 茶园面积, indicator: synthetic_tea_garden_area}
editions:
  - {edition: "2020", file: tea.csv, sha256: SHA256}
"""
INDICATOR = "synthetic_tea_garden_area,茶园面积,area of tea gardens,HA,LEVEL,PIT,,TOTAL,,true,,测试用,For a test\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project's documents, with one table more."""
    root = tmp_path / "project"
    for name in ("dbt_project", "expectations", "include/sources", "include/published"):
        shutil.copytree(settings.PROJECT_ROOT / name, root / name)
    content = PUBLICATION.encode("gb18030")
    published, sources = root / "include/published/test_bureau", root / "include/sources/test_bureau"
    published.mkdir()
    sources.mkdir()
    (published / "tea.csv").write_bytes(content)
    (published / "tea.csv.origin.yml").write_text(ORIGIN, "utf-8")
    (sources / "publisher.yml").write_text(PUBLISHER, "utf-8")
    (sources / "tea_gardens.yml").write_text(DOCUMENT.replace("SHA256", hashlib.sha256(content).hexdigest()), "utf-8")
    with (root / "dbt_project/seeds/indicators.csv").open("a", encoding="utf-8") as indicators:
        indicators.write(INDICATOR)
    return root


def shanhai(project: Path, *arguments: str) -> str:
    command = [str(Path(sys.executable).with_name("shanhai")), *arguments]
    environment = {**os.environ, "SHANHAI_PROJECT_ROOT": str(project)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_document_and_an_indicator_are_enough(copied_warehouse: dict[str, str], project: Path) -> None:
    assert "accepted" in shanhai(project, "load", "test_bureau/tea_gardens")
    said = shanhai(project, "release", "build")
    release_id = said.split("release ")[1].split()[0]
    statement = sql.SQL(
        "select division_code, value, obs_status from {} where indicator_code = 'synthetic_tea_garden_area' order by 1"
    ).format(sql.Identifier(f"release_{release_id}", "mart_division_figures"))
    with connect() as connection:
        found = connection.execute(statement).fetchall()
    assert found == [("331124", Decimal(8533), "A"), ("331127", Decimal(0), "N")]
