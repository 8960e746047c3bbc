"""Registers an edition: its bytes under `published`, its origin record, and one entry at the end of its document.

Everything or nothing: whatever does not fit leaves publications and document as they were.
"""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic import ValidationError

from shanhai.documents.catalogue import TableSource
from shanhai.documents.publisher import Origin
from shanhai.documents.source import Edition, SourceDocument
from shanhai.documents.yaml_file import load_document
from shanhai.errors import DocumentError
from shanhai.workbench.scalars import scalar


@dataclass(frozen=True)
class NewEdition:
    """A publication to register: its bytes, its name, what is particular to it, and its birth certificate."""

    file_name: str
    content: bytes
    reading: dict[str, str]
    origin: dict[str, str]
    issue: int = 1

    @property
    def sha256(self) -> str:
        """SHA-256 of the bytes."""
        return hashlib.sha256(self.content).hexdigest()


def add_edition(source: TableSource, name: str, new: NewEdition) -> TableSource:
    """The table with the edition registered; raises DocumentError, having changed nothing, when it does not fit."""
    _check_is_new(source, name, new)
    issue = {"issue": str(new.issue)} if new.issue > 1 else {}
    entry = {"edition": name, **issue, **new.reading, "file": new.file_name, "sha256": new.sha256}
    before = source.path.read_bytes()
    text = with_entry(before.decode("utf-8"), entry, source.path)
    folder = source.publications / source.publisher_id
    publication = folder / new.file_name
    record = folder / f"{new.file_name}.origin.yml"
    made: list[Path] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not publication.exists():
            made.append(publication)
            _write(publication, new.content)
        if not record.exists():
            made.append(record)
            _write(record, origin_record(new.origin, record).encode())
        load_document(record, Origin)
        _write(source.path, text.encode())
        document = load_document(source.path, SourceDocument)
        _check_nothing_else_changed(source, document, entry)
    except BaseException:
        for file in made:
            file.unlink(missing_ok=True)
        _write(source.path, before)
        raise
    return TableSource(source.publisher_id, source.table_id, source.path, source.publications, document)


def with_entry(text: str, entry: dict[str, str], path: Path) -> str:
    """`text` with one entry more at the end of `editions`, written as its last entry is; the rest stays as it is."""
    last = _last_edition(text, path)
    lines = text.splitlines(keepends=True)
    start = re.match(r"( *)-( +)", lines[last.start_mark.line])
    if start is None:
        raise DocumentError(f"{path}: editions: write one entry a line, each after a hyphen")
    newline = "\r\n" if lines[0].endswith("\r\n") else "\n"
    at = _end_of(last, lines)
    if not lines[at - 1].endswith("\n"):
        lines[at - 1] += newline
    pairs = [f"{key}: {scalar(value)}" for key, value in entry.items()]
    flow = f"{start[1]}-{start[2]}{{{', '.join(pairs)}}}"
    if last.flow_style:
        added = [flow]
    else:
        indent = " " * (len(start[1]) + 1 + len(start[2]))
        added = [f"{start[1]}-{start[2]}{pairs[0]}", *(f"{indent}{pair}" for pair in pairs[1:])]
    return "".join([*lines[:at], *(f"{line}{newline}" for line in added), *lines[at:]])


def origin_record(fields: dict[str, str], path: Path) -> str:
    """The text of an origin record; raises DocumentError when a field is missing or is not of its kind."""
    try:
        Origin.model_validate(fields)
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise DocumentError(f"{path}: {problems}") from error
    return "".join(f"{key}: {scalar(value)}\n" for key, value in fields.items())


def _check_is_new(source: TableSource, name: str, new: NewEdition) -> None:
    known = sum(edition.edition == name for edition in source.document.editions)
    if new.issue != known + 1:
        problem = "is there already; other bytes are its next issue (--reissue)" if known else "is not there to reissue"
        raise DocumentError(f"{source.path}: edition {name!r} {problem}")
    for edition in source.document.editions:
        if edition.sha256 == new.sha256:
            raise DocumentError(f"{source.path}: the same bytes are edition {edition.edition!r} already")
    if not re.fullmatch(r"[^/\\\x00-\x1f]+", new.file_name) or new.file_name.startswith("."):
        raise DocumentError(f"{new.file_name!r} is not the name of a publication")
    file = source.publications / source.publisher_id / new.file_name
    if file.exists() and file.read_bytes() != new.content:
        raise DocumentError(f"{file} holds other bytes; a publication is never overwritten, choose another name")


def _check_nothing_else_changed(source: TableSource, document: SourceDocument, entry: dict[str, str]) -> None:
    expected = source.document.model_copy(
        update={"editions": [*source.document.editions, Edition.model_validate(entry)]}
    )
    if document != expected:
        raise DocumentError(f"{source.path}: the entry does not read as it was meant; add it by hand")


def _last_edition(text: str, path: Path) -> yaml.CollectionNode:
    """The node of the last entry under `editions`."""
    tree = yaml.compose(text, yaml.BaseLoader)
    pairs = tree.value if isinstance(tree, yaml.MappingNode) else []
    node = next((value for key, value in pairs if key.value == "editions"), None)
    if not isinstance(node, yaml.SequenceNode) or not node.value or node.flow_style:
        raise DocumentError(f"{path}: editions: write one entry a line, each after a hyphen")
    last = node.value[-1]
    assert isinstance(last, yaml.CollectionNode)  # noqa: S101 - an edition is a mapping
    return last


def _end_of(node: yaml.Node, lines: list[str]) -> int:
    """Number of lines up to the end of a node, comments and blank lines that follow it not counted."""
    while isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    at = node.end_mark.line + (1 if node.end_mark.column else 0)
    while at > node.start_mark.line + 1 and not lines[at - 1].strip():
        at -= 1
    return at


def _write(path: Path, content: bytes) -> None:
    """Replace a file in one step, so that a reader never sees half of it."""
    beside = path.with_name(f".{path.name}.part")
    beside.write_bytes(content)
    beside.replace(path)
