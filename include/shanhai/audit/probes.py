"""Checks that have to open bytes: the archive itself, every edition read again, the symbols and paragraphs of texts.

Each probe returns one row per item tested, shaped like the rows of a query: `item`, `is_failure` and what explains it.
"""

from collections import Counter
from collections.abc import Callable
from typing import Any

from psycopg import Connection

from shanhai import archive
from shanhai.errors import DocumentError, PublicationError
from shanhai.grammar.paragraphs import repeated_paragraphs as repetitions
from shanhai.library import Library

Item = dict[str, Any]
_ACCEPTED = """
select table_id, edition, publication_sha256, relation, load_id from ops.accepted_loads where is_latest
order by table_id, edition
"""


def archived_bytes(connection: Connection, _library: Library) -> list[Item]:
    """S01: every publication that the ledger knows is archived, not empty, and hashes to its name."""
    items = []
    for digest, name, size in connection.execute(
        "select publication_sha256, file_name, byte_count from ops.publications order by file_name, publication_sha256"
    ):
        try:
            content = archive.fetch(digest)
            problem = None if content and len(content) == size else f"{len(content)} bytes, {size} were archived"
        except archive.ArchiveError as error:
            problem = str(error)
        items.append({"item": f"{name} {digest[:12]}", "is_failure": problem is not None, "problem": problem})
    return items


def editions_read_again(connection: Connection, library: Library) -> list[Item]:
    """S03: every accepted edition still reads from its archived bytes to the rows that are staged."""
    items = []
    for table_id, edition, digest, relation, load_id in connection.execute(_ACCEPTED).fetchall():
        problem = _reading_problem(connection, library, (table_id, edition), digest, (relation, load_id))
        items.append({"item": f"{table_id}@{edition}", "is_failure": problem is not None, "problem": problem})
    return items


def _reading_problem(
    connection: Connection, library: Library, key: tuple[str, str], digest: str, load: tuple[str, int]
) -> str | None:
    try:
        source = library.catalogue.tables[key[0]]
        rows = list(library.reader(source, source.edition(key[1]), archive.fetch(digest)).rows())
    except (KeyError, PublicationError, DocumentError, archive.ArchiveError) as error:
        return str(error)
    relation, load_id = load
    staged = connection.execute(
        # The relation is one of the closed list that the loader stages into.
        f"select row_number, locator{', value' if relation == 'observations' else ''} from staging.{relation}"  # noqa: S608
        " where load_id = %s",
        (load_id,),
    ).fetchall()
    names = ("row_number", "locator", "value") if relation == "observations" else ("row_number", "locator")
    read = Counter(tuple(row.get(name) for name in names) for row in rows)
    differing = sum(((read - Counter(staged)) + (Counter(staged) - read)).values())
    return f"{differing} rows differ from those staged" if differing else None


def symbols_declared(connection: Connection, library: Library) -> list[Item]:
    """S07: every figure without a value is printed as a mark that the document of its table gives a meaning."""
    marks: dict[int, list[str]] = dict(connection.execute(
        """
        select load_id, array_agg(distinct printed) from staging.observations
        where value is null and obs_text is null group by load_id
        """
    ).fetchall())  # fmt: skip
    items = []
    for table_id, edition, _, relation, load_id in connection.execute(_ACCEPTED).fetchall():
        if relation == "observations":
            source = library.catalogue.tables.get(table_id)
            declared = set(source.document.symbols) if source else set()
            unknown = sorted(mark for mark in marks.get(load_id, []) if mark.strip() not in declared)
            items.append({"item": f"{table_id}@{edition}", "is_failure": bool(unknown), "marks": unknown})
    return items


def repeated_paragraphs(connection: Connection, library: Library) -> list[Item]:
    """S08: no accepted text prints a paragraph twice, and no bytes were archived under two names."""
    items = []
    for table_id, edition, digest, *_ in connection.execute(_ACCEPTED).fetchall():
        source = library.catalogue.tables.get(table_id)
        if source is None or source.document.carrier != "text":
            continue
        text = library.reader(source, source.edition(edition), archive.fetch(digest)).text
        repeated = repetitions(text)
        items.append(
            {
                "item": f"{table_id}@{edition}",
                "is_failure": bool(repeated),
                "paragraphs": [p[:80] for p in repeated[:5]],
            }
        )
    return items


PROBES: dict[str, Callable[[Connection, Library], list[Item]]] = {
    probe.__name__: probe for probe in (archived_bytes, editions_read_again, symbols_declared, repeated_paragraphs)
}
