"""Puts together what an edition's entry and origin record say, from what a person told and what is known."""

from collections.abc import Mapping

from shanhai.documents.catalogue import TableSource
from shanhai.documents.publisher import Origin
from shanhai.documents.yaml_file import load_document
from shanhai.errors import DocumentError
from shanhai.library import Library
from shanhai.workbench.editions import NewEdition, add_edition
from shanhai.workbench.inbox import Arrival

_AS_RECEIVED = "The bytes as received; nothing was transcribed and nothing left out."
_ORDER = ("title", "publisher", "address", "published_on", "retrieved_on", "licence", "reliability", "transcription")

Told = Mapping[str, str | None]


def register(
    library: Library,
    source: TableSource,
    name: str,
    arrival: Arrival,
    reading: Told,
    origin: Told,
    reissue: bool = False,
) -> TableSource:
    """The table with the edition, or its next issue, added.

    What is told goes before what lies beside the file, and that before defaults.
    Raises DocumentError when nobody says how reliable the publication is, or when the edition does not fit.
    """
    if source.path.parent.parent != library.catalogue.sources.resolve():
        raise DocumentError(f"{source.path}: not a document of {library.catalogue.sources}; move it there first")
    told = _told(origin)
    record = {**_defaults(library, source), **arrival.origin, **_kept(source, arrival, told), **told}
    if "reliability" not in record:
        raise DocumentError(f"{arrival.name}: how reliable is it? Give --reliability official, or what it is")
    ordered = {key: record[key] for key in _ORDER if key in record}
    published_on = {"published_on": record["published_on"]} if "published_on" in record else {}
    entry = {key: value for key, value in _told(reading).items() if key not in published_on}
    known = sum(edition.edition == name for edition in source.document.editions)
    issue = max(known + 1, 2) if reissue else 1
    return add_edition(source, name, NewEdition(arrival.name, arrival.content, entry, ordered, issue))


def _defaults(library: Library, source: TableSource) -> dict[str, str]:
    document = source.document
    publisher = library.catalogue.publishers[source.publisher_id]
    return {
        "title": document.title.zh,
        "publisher": publisher.name.zh,
        "licence": document.licence,
        "transcription": _AS_RECEIVED,
    }


def _kept(source: TableSource, arrival: Arrival, told: dict[str, str]) -> dict[str, str]:
    """What the origin record that lies beside the publication already says; nothing told may differ from it."""
    record = source.publications / source.publisher_id / f"{arrival.name}.origin.yml"
    if not record.exists():
        return {}
    kept: dict[str, str] = load_document(record, Origin).model_dump(mode="json", exclude_none=True)
    for key, value in told.items():
        if kept.get(key) != value:
            raise DocumentError(
                f"{key}: the origin record beside the publication says {kept.get(key)!r}, not {value!r}"
            )
    return kept


def _told(fields: Told) -> dict[str, str]:
    return {key: value for key, value in fields.items() if value is not None}
