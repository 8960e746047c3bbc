"""Probes open bytes; each catches the defect that it is there for."""

from pathlib import Path

import pytest
from tests.small_library import COMMUNIQUE, HEAD, TEXT, YEARBOOK, SmallLibrary

from shanhai import archive, settings
from shanhai.audit.performance import reading
from shanhai.audit.probes import PROBES
from shanhai.audit.results import Result
from shanhai.audit.texts import catalogue
from shanhai.documents.check import Check
from shanhai.library import Library
from shanhai.load import load_edition
from shanhai.warehouse.connection import connect

pytestmark = pytest.mark.usefixtures("scratch_warehouse")
CHECKS = {check.probe: check for check in catalogue() if check.probe}


def performed(probe: str, library: Library) -> Result:
    check: Check = CHECKS[probe]
    with reading() as connection:
        return Result(check, PROBES[probe](connection, library))


def failing(probe: str, library: Library, item: str) -> list[str]:
    result = performed(probe, library)
    assert any(item in str(row["item"]) for row in result.tested)
    return [str(row["item"]) for row in result.failing if item in str(row["item"])]


def test_archived_bytes_that_were_touched_are_named(small_library: SmallLibrary) -> None:
    content = (HEAD + "云和县,869947,113777\r\n").encode("gb18030")
    load_edition(small_library.add("a/touched", "touched.csv", content, YEARBOOK), small_library.library)
    assert failing("archived_bytes", small_library.library, "touched.csv") == []
    digest = archive.store(content)
    [path] = [p for p in Path(settings.home()).rglob(digest) if p.is_file()]
    path.chmod(0o644)
    path.write_bytes(content.replace(b"869947", b"869948"))
    try:
        assert len(failing("archived_bytes", small_library.library, "touched.csv")) == 1
    finally:
        path.write_bytes(content)


def test_an_edition_that_no_longer_reads_to_its_rows_is_named(small_library: SmallLibrary) -> None:
    content = (HEAD + "云和县,869947,113777\r\n常山县,1601490,338000\r\n").encode("gb18030")
    key = small_library.add("b/heads", "heads.csv", content, YEARBOOK)
    load_edition(key, small_library.library)
    assert failing("editions_read_again", small_library.library, "b/heads") == []
    small_library.add("b/heads", "heads.csv", content, YEARBOOK.replace("地区生产总值", "财政总收入"))
    assert failing("editions_read_again", small_library.library, "b/heads") == ["b/heads@2020"]


def test_a_mark_without_a_meaning_is_named(small_library: SmallLibrary) -> None:
    content = (HEAD + "云和县,,113777\r\n").encode("gb18030")
    load_edition(small_library.add("c/marks", "marks.csv", content, YEARBOOK), small_library.library)
    assert failing("symbols_declared", small_library.library, "c/marks") == []
    path = small_library.library.catalogue.tables["c/marks"].path
    path.write_text(path.read_text("utf-8").replace("symbols: {'': ambiguous}", "symbols: {'…': below_unit}"), "utf-8")
    assert failing("symbols_declared", small_library.library, "c/marks") == ["c/marks@2020"]


def test_a_paragraph_that_stands_twice_is_named(small_library: SmallLibrary) -> None:
    once = small_library.add("d/once", "once.txt", TEXT.encode(), COMMUNIQUE, edition="2022")
    load_edition(once, small_library.library)
    assert failing("repeated_paragraphs", small_library.library, "d/once") == []
    filler = "本公报所列数据均为初步统计数，部分合计数由于单位取舍不同而产生的计算误差均未作机械调整。"
    twice = small_library.add(
        "d/twice", "twice.txt", f"{TEXT}\n{filler}\n{filler}".encode(), COMMUNIQUE, edition="2022"
    )
    load_edition(twice, small_library.library)
    assert failing("repeated_paragraphs", small_library.library, "d/twice") == ["d/twice@2022"]
    with connect("auditor") as connection:
        assert connection.execute("select count(*) from ops.accepted_loads").fetchone() != (0,)
