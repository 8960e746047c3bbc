"""The server's own clock is wrong: by decades, and set right in between. No order of ours rests on it.

The clock is moved for real, by a library that stands before the server's calls to the system; it is a wheel for Linux.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from shanhai import ledger
from shanhai.load import EditionKey, archive_edition, stage_edition
from shanhai.pending import edition_states
from shanhai.platform import postgres
from shanhai.release import promotion
from shanhai.warehouse.connection import connect
from tests.faults.conftest import EDITIONS, FaultyWarehouse, assert_sound, faulty_warehouse, loaded_content
from tests.faults.test_releases import kept_releases
from tests.small_library import HEAD, YEARBOOK, SmallLibrary

PUBLISHED = ("county_bureaus_of_statistics/communique", "changshan-2022")  # on 2023-04-11
UNDATED, REGISTER = EDITIONS[0], EDITIONS[2]


def clock_library() -> Path:
    """The shared library that moves clocks; the test is skipped on machines for which there is none."""
    found = find_spec("libfaketime")
    if found is None or found.origin is None:
        pytest.skip("clocks are moved on Linux on x86-64 only")
    return Path(found.origin).parent / "vendor" / "libfaketime" / "src" / "libfaketime.so.1"


@contextmanager
def clock_off_by(shift: str) -> Iterator[None]:
    """Restart the server with its clock so far from the right one, and with the right one afterwards."""
    library, run = clock_library(), subprocess.run
    assert library.exists()
    moved = {
        "LD_PRELOAD": str(library), "FAKETIME": shift, "DONT_FAKE_MONOTONIC": "1", "FAKETIME_NO_CACHE": "1"
    }  # fmt: skip

    def run_moved(*arguments: Any, env: dict[str, str], **named: Any) -> Any:
        return run(*arguments, env=env | moved, **named)

    postgres.stop()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(postgres.subprocess, "run", run_moved)
        postgres.start()
    try:
        yield
    finally:
        postgres.stop()
        postgres.start()


def years() -> list[int]:
    """The years in which the ledger says its entries happened, in their order."""
    with connect("auditor") as connection:
        rows = connection.execute("select extract(year from happened_at)::int from ops.ledger order by position")
        return [row[0] for row in rows.fetchall()]


@pytest.mark.slow
def test_a_clock_that_is_set_twice_changes_no_figure_and_no_order(warehouse_of_faults: FaultyWarehouse) -> None:
    with clock_off_by("-30y"):
        warehouse_of_faults.load(REGISTER)
        assert_sound()
    warehouse_of_faults.load(PUBLISHED)
    with clock_off_by("+30y"):
        warehouse_of_faults.load(UNDATED)
        assert_sound()
    before = ledger.verify()
    warehouse_of_faults.value("archive", EDITIONS[1])
    assert ledger.verify() != before
    told = years()
    assert len({year // 10 for year in told}) == 3, "the clock was not moved"
    # A moment never lies before the one of the entry before it: after the jump back the ledger waits at the later one.
    assert sorted(told) == told
    assert_sound()
    wrong = loaded_content()
    assert set(wrong) == {REGISTER, PUBLISHED, UNDATED}
    with faulty_warehouse() as other:
        for key in (REGISTER, PUBLISHED, UNDATED):
            other.load(key)
        assert loaded_content() == wrong


@pytest.mark.slow
def test_what_the_clock_says_was_not_yet_published_is_refused_by_name(warehouse_of_faults: FaultyWarehouse) -> None:
    with clock_off_by("-30y"):
        outcome = warehouse_of_faults.run("load", PUBLISHED)
        assert outcome.state == "failed"
        for part in (*PUBLISHED, "communique.yml", "published_on is 2023-04-11"):
            assert part in str(outcome.value)
        assert_sound()
        assert loaded_content() == {}
    warehouse_of_faults.load(PUBLISHED)
    assert set(loaded_content()) == {PUBLISHED}
    with connect("auditor") as connection:
        assert connection.execute("select count(*) from ops.refusals").fetchone() == (1,)
    assert_sound()


def test_a_publication_of_tomorrow_is_refused_by_name_until_its_record_is_corrected(
    warehouse_of_faults: FaultyWarehouse, small_library: SmallLibrary
) -> None:
    content = (HEAD + "云和县,951435,112635\r\n").encode("gb18030")
    key = small_library.add("bureau/of_tomorrow", "y.csv", content, YEARBOOK)
    library = small_library.library
    source = library.catalogue.tables[key.table_id]
    record = source.file(source.edition(key.edition)).with_name("y.csv.origin.yml")
    right = record.read_text("utf-8")
    with connect("auditor") as connection:
        row = connection.execute("select ((clock_timestamp() at time zone 'Asia/Shanghai')::date + 1)::text").fetchone()
    assert row is not None
    record.write_text(right.replace("2021-03-01", row[0]), "utf-8")
    digest = archive_edition(key, library)
    with pytest.raises(ValueError, match=rf"bureau/of_tomorrow, edition 2020, y\.csv\.origin\.yml.*{row[0]}"):
        stage_edition(key, digest, library)
    assert loaded_content() == {}
    assert state(key, library) == "pending"
    record.write_text(right, "utf-8")
    stage_edition(key, archive_edition(key, library), library)
    assert_sound()


def state(key: EditionKey, library: Any) -> str:
    (found,) = [each.state for each in edition_states(library) if each.key == key]
    return found


@pytest.mark.slow
def test_readers_see_the_release_promoted_last_whatever_the_clock_said(built_warehouse: FaultyWarehouse) -> None:
    first, second = kept_releases()[-2:]
    built_warehouse.value("promote", first)
    with clock_off_by("+30y"):
        built_warehouse.value("promote", second)
    built_warehouse.value("promote", first)
    shown = promotion.current()
    assert shown is not None
    assert shown.release_id == first
    assert_sound()
