"""Every bundled publication reads, and every figure is found again at its locator."""

import pytest

from shanhai.documents.catalogue import TableSource, sha256_of
from shanhai.documents.source import Edition
from shanhai.library import Library

LIBRARY = Library.open()
EDITIONS = [(source, edition) for source in LIBRARY.catalogue.tables.values() for edition in source.document.editions]


def test_the_catalogue_is_not_empty() -> None:
    assert len(EDITIONS) > 40


@pytest.mark.parametrize(
    ("source", "edition"), EDITIONS, ids=[f"{s.table_id} {e.edition}".replace("/", " ") for s, e in EDITIONS]
)
def test_every_figure_is_printed_at_its_locator(source: TableSource, edition: Edition) -> None:
    content = source.file(edition).read_bytes()
    assert sha256_of(source.file(edition)) == edition.sha256
    assert source.origin(edition).transcription
    reader = LIBRARY.reader(source, edition, content)
    count = 0
    for row in reader.rows():
        count += 1
        if source.document.relation == "observations":
            assert reader.printed_at(str(row["locator"])) == row["printed"]
    assert count


def test_no_publication_is_left_unread() -> None:
    read = {source.file(edition) for source, edition in EDITIONS}
    present = {
        file
        for file in LIBRARY.catalogue.publications.rglob("*")
        if file.is_file() and not file.name.endswith(".origin.yml")
    }
    assert present == read
