"""Published layouts that nobody had described read by a document alone."""

from decimal import Decimal

import pytest
from tests.reading.unseen_layouts import NAMES, UNSEEN, Unseen
from tests.small_library import SmallLibrary


@pytest.mark.parametrize("unseen", UNSEEN, ids=NAMES)
def test_an_unseen_layout_reads_by_its_document(small_library: SmallLibrary, unseen: Unseen) -> None:
    small_library.add_indicators(unseen.indicators)
    reader = small_library.reader(small_library.add("bureau/unseen", unseen.file, unseen.content, unseen.document))
    rows = list(reader.rows())
    assert len(rows) == unseen.figures
    keys = ("subject_name", "indicator_code", "time_period", "accum")
    found = {tuple(str(row[key]) for key in keys): row["value"] for row in rows}
    assert len(found) == len(rows)
    for *key, value in unseen.reads:
        assert found[tuple(key)] == Decimal(value), key
    for row in rows:
        assert reader.printed_at(str(row["locator"])) == row["printed"]


@pytest.mark.parametrize("unseen", UNSEEN, ids=NAMES)
def test_the_lines_of_a_document_are_counted(unseen: Unseen) -> None:
    assert len(unseen.document.splitlines()) == unseen.lines <= 25


@pytest.mark.parametrize("unseen", UNSEEN, ids=NAMES)
def test_an_unseen_layout_is_of_a_publication(unseen: Unseen) -> None:
    assert {"publisher", "title", "found_at"} <= unseen.origin.keys() <= {
        "publisher", "title", "found_at", "published_on"
    }  # fmt: skip
    assert all(unseen.origin.values())


def test_the_last_five_needed_no_code() -> None:
    assert len(UNSEEN) == 16
    assert [unseen.name for unseen in UNSEEN[-5:] if unseen.needed] == []
    assert sum(bool(unseen.needed) for unseen in UNSEEN) == 8
