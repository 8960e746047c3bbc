"""Every figure in staging is followed back: the archived bytes print its text at its locator."""

from collections import defaultdict

from tests.conftest import ReleasedWarehouse

from shanhai import archive
from shanhai.library import Library
from shanhai.warehouse.connection import connect

_FIGURES = """
    select load.table_id, load.edition, load.publication_sha256, figure.locator, figure.printed
    from staging.observations as figure
    join ops.loads as load using (load_id)
    where load.table_id = any(%s)
"""


def test_the_archived_bytes_print_every_staged_figure_at_its_locator(released_warehouse: ReleasedWarehouse) -> None:
    library = Library.open()
    bundled = list(library.catalogue.tables)  # tests of decisions stage tables of their own
    with connect() as connection:
        figures = connection.execute(_FIGURES, (bundled,)).fetchall()
        counted = connection.execute(
            "select sum(rows_staged) from ops.loads where relation = 'observations' and table_id = any(%s)", (bundled,)
        ).fetchone()
    loads: defaultdict[tuple[str, str, str], list[tuple[str, str]]] = defaultdict(list)
    for table_id, edition, digest, locator, printed in figures:
        loads[table_id, edition, digest].append((locator, printed))
    lost: list[tuple[str, str, str, str, str]] = []
    for (table_id, edition, digest), staged in loads.items():
        source = library.catalogue.tables[table_id]
        reader = library.reader(source, source.edition(edition), archive.fetch(digest))
        for locator, printed in staged:
            try:
                found = reader.printed_at(locator)
            except KeyError:
                found = "nothing"
            if found != printed:
                lost.append((table_id, edition, locator, printed, found))
    assert not lost
    # That was all of them: every edition of figures, and as many figures as the loads counted.
    assert {(table_id, edition) for table_id, edition, _ in loads} == {
        (source.table_id, edition.edition)
        for source in library.catalogue.tables.values()
        if source.document.relation == "observations"
        for edition in source.document.editions
    }
    assert counted == (len(figures),)
