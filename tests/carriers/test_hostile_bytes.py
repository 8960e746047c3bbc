"""Whatever bytes come, an edition reads or is refused by name, within bounded memory, and nothing is staged."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from psycopg.rows import dict_row
from tests.carriers.extreme_files import EXTREMES
from tests.carriers.sound_files import SOUND, SoundReader
from tests.small_library import SmallLibrary

from shanhai import archive, settings
from shanhai.errors import PublicationError
from shanhai.load import archive_edition, stage_edition
from shanhai.warehouse.connection import connect

MOST_MIB = 512


def results(module: str) -> Iterator[dict[str, Any]]:
    """What a module prints, run by itself so that its memory is its own."""
    environment = {**os.environ, "PYTHONPATH": str(settings.PROJECT_ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", f"tests.carriers.{module}"],
        capture_output=True, text=True, cwd=settings.PROJECT_ROOT, env=environment, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return map(json.loads, done.stdout.splitlines())


@pytest.fixture(scope="module")
def fuzzed() -> dict[str, dict[str, Any]]:
    return {each["carrier"]: each for each in results("fuzzing")}


@pytest.fixture(scope="module")
def extremes() -> dict[str, dict[str, Any]]:
    return {each["name"]: each for each in results("extreme_files")}


@pytest.mark.parametrize("carrier", SOUND)
def test_damaged_files_are_read_or_refused_within_bounded_memory(
    fuzzed: dict[str, dict[str, Any]], carrier: str
) -> None:
    result = fuzzed[carrier]
    assert result.get("refused", 0) > 0
    assert result["refused"] + result.get("read", 0) + result.get("empty", 0) >= 40
    assert result["peak_mib"] < MOST_MIB


@pytest.mark.parametrize("name", EXTREMES)
def test_an_extreme_file_is_refused_within_bounded_memory(extremes: dict[str, dict[str, Any]], name: str) -> None:
    result = extremes[name]
    assert re.search(EXTREMES[name][2], result["ending"])
    assert "edition 2020" in result["ending"]
    assert result["peak_mib"] < MOST_MIB, result


def test_a_formula_put_into_a_text_is_no_figure_and_no_label() -> None:
    reader = SoundReader()
    sound = SOUND["csv"].content
    for injected in ("=cmd|' /C calc'!A0", "@SUM(1+1)", "+1+1", '"=HYPERLINK(""http://127.0.0.1"")"'):
        for replaced, place in (("95.14", "R2C2"), ("云和县", "R2C2")):
            broken = sound.decode().replace(replaced, injected).encode()
            with pytest.raises(PublicationError, match=place):
                reader.read("csv", broken)


@pytest.mark.parametrize("carrier", SOUND)
def test_nothing_is_staged_from_a_refused_file(
    scratch_warehouse: None, small_library: SmallLibrary, carrier: str
) -> None:
    sound = SOUND[carrier]
    broken = sound.content[: len(sound.content) // 2 // 2 * 2 - 1]  # the middle of a character, a row, an archive
    key = small_library.add("bureau/broken", f"b{sorted(SOUND).index(carrier)}.{sound.carrier}", broken, sound.document)
    digest = archive_edition(key, small_library.library)
    with pytest.raises(PublicationError) as refused:
        stage_edition(key, digest, small_library.library)
    with connect() as connection, connection.cursor(row_factory=dict_row) as cursor:
        refusals = cursor.execute(
            "select table_id, edition, reason from ops.refusals where publication_sha256 = %s", (digest,)
        ).fetchall()
        loads = cursor.execute(
            "select count(*) as n from ops.loads where publication_sha256 = %s", (digest,)
        ).fetchone()
        staged = cursor.execute("select count(*) as n from staging.observations").fetchone()
    assert refusals == [{"table_id": "bureau/broken", "edition": "2020", "reason": str(refused.value)}]
    assert (loads, staged) == ({"n": 0}, {"n": 0})
    assert archive.fetch(digest) == broken


def test_a_sound_file_of_every_carrier_reads() -> None:
    reader = SoundReader()
    assert {name: len(reader.read(name, file.content)) for name, file in SOUND.items()} == {
        **dict.fromkeys(SOUND, 2), "json": 1, "text": 1,
    }  # fmt: skip
