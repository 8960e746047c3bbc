"""Publications that arrive: a file, the new files of a folder, or what an address answers."""

import hashlib
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from shanhai.documents.catalogue import TableSource
from shanhai.documents.publisher import Origin
from shanhai.documents.yaml_file import load_document
from shanhai.errors import DocumentError
from shanhai.fetching import MEDIA_TYPES, FetchPolicy, fetch

_SUFFIXES = {"csv": (".csv",), "xlsx": (".xlsx",), "html": (".html", ".htm"), "text": (".txt",)}


@dataclass(frozen=True)
class Arrival:
    """The bytes of a publication under a name, with what is known of their origin."""

    name: str
    content: bytes
    origin: dict[str, str] = field(default_factory=dict)


def received(place: str, source: TableSource, name: str | None = None, allow_private: bool = False) -> Arrival:
    """The publication at a path or an http(s) address; raises FetchError or OSError when it cannot be had."""
    if not place.startswith(("http://", "https://")):
        return _from_file(Path(place), name)
    carrier = source.document.carrier
    policy = FetchPolicy(media_types=MEDIA_TYPES.get(carrier, frozenset()), allow_private=allow_private)
    fetched = fetch(place, policy)
    found = name or unquote(PurePosixPath(urlsplit(fetched.url).path).name)
    if not found:
        raise DocumentError(f"{place}: the address names no file; give --file-name")
    return Arrival(found, fetched.content, {"address": place, "retrieved_on": date.today().isoformat()})


def offered(folder: Path, source: TableSource) -> list[Arrival]:
    """Files of a folder with the table's carrier whose bytes are no edition yet, by name."""
    known = {edition.sha256 for edition in source.document.editions}
    suffixes = _SUFFIXES.get(source.document.carrier)
    found = []
    for file in sorted(folder.iterdir()):
        if not file.is_file() or file.name.startswith(".") or file.name.endswith(".origin.yml"):
            continue
        if suffixes and file.suffix.lower() not in suffixes:
            continue
        if hashlib.sha256(file.read_bytes()).hexdigest() not in known:
            found.append(_from_file(file, None))
    return found


def _from_file(file: Path, name: str | None) -> Arrival:
    """A file with the origin record that may lie beside it."""
    record = file.with_name(f"{file.name}.origin.yml")
    origin = load_document(record, Origin).model_dump(mode="json", exclude_none=True) if record.exists() else {}
    return Arrival(name or file.name, file.read_bytes(), origin)
