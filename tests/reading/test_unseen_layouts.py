"""Twelve published layouts that nobody had described read by a document alone."""

import textwrap
from decimal import Decimal

import pytest
from tests.reading.unseen_layouts import FIRST, SECOND, Unseen
from tests.small_library import SmallLibrary

ALL = [*FIRST, *SECOND]


@pytest.mark.parametrize("unseen", ALL, ids=[each.name for each in ALL])
def test_an_unseen_layout_reads_by_its_document(small_library: SmallLibrary, unseen: Unseen) -> None:
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


@pytest.mark.parametrize("unseen", ALL, ids=[each.name for each in ALL])
def test_the_lines_of_a_document_are_counted(unseen: Unseen) -> None:
    assert len(textwrap.dedent(unseen.document).splitlines()) == unseen.lines <= 20


def test_the_second_half_needed_no_code() -> None:
    assert (len(FIRST), len(SECOND)) == (5, 7)
    assert all(unseen.needed for unseen in FIRST)
    assert not any(unseen.needed for unseen in SECOND)
