"""Two at once, bytes that change underfoot, clocks that are wrong, disks that are full: nothing wrong comes in."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from psycopg import sql

from shanhai import archive, ledger, settings
from shanhai.load import EditionKey, archive_edition, load_edition, stage_edition
from shanhai.pending import edition_states
from shanhai.platform import postgres
from shanhai.warehouse.connection import connect
from tests.faults.conftest import EDITIONS, FaultyWarehouse, assert_sound, faulty_warehouse, loaded_content
from tests.faults.worker import Fault, run, start
from tests.small_library import HEAD, YEARBOOK, SmallLibrary

KEY = EDITIONS[0]
GOOD = (HEAD + "云和县,951435,112635\r\n庆元县,789300,\r\n").encode("gb18030")


def count(table: str) -> int:
    """Rows of a table of `ops`."""
    with connect("auditor") as connection:
        row = connection.execute(sql.SQL("select count(*) from {}").format(sql.Identifier("ops", table))).fetchone()
    assert row is not None
    return int(row[0])


@pytest.mark.slow
def test_an_edition_that_two_processes_stage_at_once_is_staged_once(warehouse_of_faults: FaultyWarehouse) -> None:
    digest = warehouse_of_faults.value("archive", KEY)
    calm = warehouse_of_faults.run("stage", KEY, digest)
    assert calm.state == "done", calm
    first_row = calm.points.index("copy: first row") + 1
    with faulty_warehouse() as made:
        digest = made.value("archive", KEY)
        # The first waits a second with its rows half copied, so that the second surely comes in between.
        slow = start(made.job("stage", KEY, digest, fault=Fault("slowed down", first_row)), made.environment)
        quick = start(made.job("stage", KEY, digest), made.environment)
        outcomes = slow(), quick()
        assert [each.state for each in outcomes] == ["done", "done"], outcomes
        assert outcomes[0].value == outcomes[1].value
        assert count("loads") == 1
        assert_sound()


@pytest.mark.slow
def test_an_edition_that_two_processes_load_at_once_is_there_once(warehouse_of_faults: FaultyWarehouse) -> None:
    waits = [start(warehouse_of_faults.job("load", KEY), warehouse_of_faults.environment) for _ in range(2)]
    outcomes = [wait() for wait in waits]
    assert [each.state for each in outcomes] == ["done", "done"], outcomes
    assert count("loads") == count("publications") == 1
    assert_sound()
    loaded_content()


def test_a_publication_replaced_between_hash_and_parse_is_read_as_it_was_hashed(
    warehouse_of_faults: FaultyWarehouse, small_library: SmallLibrary
) -> None:
    key = small_library.add("bureau/replaced", "y.csv", GOOD, YEARBOOK)
    library = small_library.library
    digest = archive_edition(key, library)
    source = library.catalogue.tables[key.table_id]
    source.file(source.edition(key.edition)).write_bytes(GOOD.replace(b"951435", b"951436"))
    load_id = stage_edition(key, digest, library)
    with connect("auditor") as connection:
        printed = connection.execute("select printed from staging.observations where load_id = %s", (load_id,))
        assert "951435" in {row[0] for row in printed}
    (state,) = [each for each in edition_states(library) if each.key == key]
    assert state.state != "accepted", "other bytes pass for the accepted ones"
    assert_sound()


def test_archived_bytes_replaced_between_hash_and_parse_are_refused(
    warehouse_of_faults: FaultyWarehouse, small_library: SmallLibrary
) -> None:
    key = small_library.add("bureau/altered", "y.csv", GOOD, YEARBOOK)
    digest = archive_edition(key, small_library.library)
    (file,) = [path for path in Path(os.environ["SHANHAI_ARCHIVE"]).rglob(digest) if path.is_file()]
    file.chmod(0o644)
    file.write_bytes(GOOD.replace(b"951435", b"951436"))
    with pytest.raises(archive.ArchiveError, match="altered"):
        stage_edition(key, digest, small_library.library)
    assert count("loads") == 0
    file.write_bytes(GOOD)
    load_edition(key, small_library.library)
    assert_sound()


@pytest.mark.slow
@pytest.mark.parametrize("years", [-30, 30])
def test_a_worker_with_a_wrong_clock_loads_the_same(
    warehouse_of_faults: FaultyWarehouse, years: int
) -> None:  # fmt: skip
    """The worker's clock is set in its process, and its time zone to the other side of the world."""
    shifted = replace(warehouse_of_faults.job("load", KEY), clock_shift_seconds=years * 365 * 86_400.0)
    far = "Pacific/Kiritimati" if years > 0 else "Pacific/Pago_Pago"
    outcome = run(shifted, warehouse_of_faults.environment | {"TZ": far, "PGTZ": far})
    assert outcome.state == "done", outcome
    assert_sound()
    wrong = loaded_content()
    with connect("auditor") as connection:
        row = connection.execute(
            "select bool_and(abs(extract(epoch from happened_at - clock_timestamp())) < 3600) from ops.ledger"
        ).fetchone()
        assert row == (True,), "the ledger's moments are the worker's, not the server's"
    with faulty_warehouse() as other:
        other.load(KEY)
        assert loaded_content() == wrong


def test_a_ledger_read_in_another_time_zone_still_holds(warehouse_of_faults: FaultyWarehouse) -> None:
    warehouse_of_faults.load(KEY)
    entries = ledger.verify()
    with connect("owner") as connection:
        name = sql.Identifier(connection.info.dbname)
        connection.execute(sql.SQL("alter database {} set timezone to 'Asia/Shanghai'").format(name))
    assert ledger.verify() == entries


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """A memory file system of that size; mounting needs root."""
    if os.geteuid() != 0 or not shutil.which("mount"):
        pytest.skip("only root may mount a small disk")
    folder.mkdir(parents=True, exist_ok=True)
    mount = shutil.which("mount") or "mount"
    done = subprocess.run(
        [mount, "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.skip(f"no small disk can be mounted here: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run([shutil.which("umount") or "umount", "-l", str(folder)], check=True)


def grow(folder: Path, size: str) -> None:
    """Give the small disk more room."""
    subprocess.run([shutil.which("mount") or "mount", "-o", f"remount,size={size}", str(folder)], check=True)


def test_a_full_archive_keeps_half_a_publication_out(
    fault_server: Path, tmp_path: Path, small_library: SmallLibrary
) -> None:
    with small_disk(tmp_path / "small", "64k") as disk, faulty_warehouse(archive=disk) as _:
        key = small_library.add("bureau/large", "y.csv", GOOD + b"\r\n" * 100_000, YEARBOOK)
        with pytest.raises(OSError, match="No space left"):
            archive_edition(key, small_library.library)
        assert not [path for path in disk.rglob("*") if path.is_file()], "half a publication stayed"
        assert count("publications") == count("loads") == 0
        assert_sound()
        grow(disk, "8m")
        load_edition(key, small_library.library)
        assert_sound()


@pytest.mark.slow
def test_a_full_disk_of_the_server_loses_nothing_that_was_accepted(
    fault_server: Path, tmp_path: Path, small_library: SmallLibrary
) -> None:
    """The database lies in a tablespace on a small disk; a load that does not fit is rolled back whole."""
    place = (fault_server / "postgres").resolve() / "small_disk"
    with small_disk(place, "40m") as disk, faulty_warehouse() as made:
        folder = disk / "space"
        folder.mkdir()
        shutil.chown(folder, "nobody")
        with postgres._connect() as connection:
            connection.execute(sql.SQL("create tablespace small location {}").format(sql.Literal(str(folder))))
        try:
            check_full_disk(made, disk, small_library)
        finally:
            with postgres._connect() as connection:
                connection.execute(sql.SQL("drop database if exists {} with (force)").format(database_of(made)))
                connection.execute("drop tablespace small")


def database_of(made: FaultyWarehouse) -> sql.Identifier:
    """The name of the warehouse's database."""
    return sql.Identifier(made.environment["SHANHAI_DATABASE_URL"].rpartition("/")[2])


def check_full_disk(made: FaultyWarehouse, disk: Path, small_library: SmallLibrary) -> None:
    """Load, fill up, be refused by the disk, grow, load again."""
    with postgres._connect() as connection:
        connection.execute(sql.SQL("alter database {} set tablespace small").format(database_of(made)))
    small = small_library.add("bureau/small", "s.csv", GOOD, YEARBOOK)
    load_edition(small, small_library.library)
    with connect("auditor") as connection:
        before = {row[0] for row in connection.execute("select load_id from ops.accepted_loads")}
    assert before
    filler = disk / "filler"
    filler.write_bytes(b"0" * (shutil.disk_usage(disk).free - 200_000))
    lines = "".join(f"云和县,{900_000 + number},112635\r\n" for number in range(20_000))
    large = small_library.add("bureau/many_rows", "l.csv", (HEAD + lines).encode("gb18030"), YEARBOOK)
    digest = archive_edition(large, small_library.library)
    with pytest.raises(Exception, match="No space left on device"):
        stage_edition(large, digest, small_library.library)
    filler.unlink()
    assert_sound(before)
    stage_edition(large, digest, small_library.library)
    assert_sound(before)


def test_the_edition_key_of_these_tests_is_bundled() -> None:
    assert EditionKey(*KEY).table_id.partition("/")[0] in {path.name for path in settings.SOURCES.iterdir()}
