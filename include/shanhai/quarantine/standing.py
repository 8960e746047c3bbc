"""Standing waivers, read without a warehouse: what is wrong with their documents, and whether one is granted still."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from shanhai import settings
from shanhai.documents.expectation import Expectation
from shanhai.documents.waiver import StandingWaiver
from shanhai.documents.yaml_file import line_of
from shanhai.errors import DocumentError
from shanhai.library import Library
from shanhai.validate import suite_of
from shanhai.waivers import document_of, standing_waivers
from shanhai.warehouse.tables import key_columns


def problems(library: Library | None = None, today: date | None = None) -> list[str]:
    """What a person has to mend in the documents, each with file and line; a waiver that has expired is such a thing.

    A waiver is of a table of the catalogue, of an expectation that would keep its loads out, and names rows by the
    columns that rows are named by.
    """
    root = settings.EXPECTATIONS / "waivers"
    library, today = library or Library.open(), today or date.today()
    return [line for path in sorted(root.rglob("*.yml")) for line in _problems(root, path, library, today)]


def is_granted(table_id: str, name: str, expectation_id: str, keys: list[dict[str, Any]]) -> bool:
    """Whether the table's document still grants the waiver of that name for all of these keys."""
    path = document_of(table_id)
    if not path.exists():
        return False
    granted = [each for each in standing_waivers(path) if (each.id, each.expectation) == (name, expectation_id)]
    return any(all(key in each.keys for key in keys) for each in granted)


def _problems(root: Path, path: Path, library: Library, today: date) -> Iterator[str]:
    table_id = path.relative_to(root).with_suffix("").as_posix()
    source = library.catalogue.tables.get(table_id)
    if source is None:
        yield f"{path}: {table_id} is no table of the catalogue · 无此来源表"
        return
    relation = source.document.relation
    try:
        waivers = standing_waivers(path)
        suite = {each.id: each for each in suite_of(relation, table_id) if each.severity == "error"}
    except DocumentError as error:
        yield str(error)
        return
    for position, waiver in enumerate(waivers):
        for place, problem in _problems_of(waiver, suite, key_columns(relation), today):
            yield f"{path}:{line_of(path, 'waivers', position, *place)}: {waiver.id}: {problem}"


def _problems_of(
    waiver: StandingWaiver, suite: dict[str, Expectation], columns: tuple[str, ...], today: date
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if waiver.expires_on < today:
        yield ("expires_on",), f"expired on {waiver.expires_on}, owner {waiver.owner}: renew or remove it · 豁免已到期"
    expectation = suite.get(waiver.expectation)
    if expectation is None:
        yield ("expectation",), f"no blocking expectation is called {waiver.expectation} · 无此阻断性校验"
        return
    # An expectation about the load as a whole names its failure by what it found, which no list of columns knows.
    if not expectation.names_rows:
        return
    for number, key in enumerate(waiver.keys):
        if unknown := sorted(set(key) - set(columns)):
            yield ("keys", number), f"rows are named by {list(columns)}, not by {unknown} · 键列不符"
