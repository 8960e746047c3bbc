"""All source documents of the project: what can be loaded."""

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from shanhai.documents.publisher import Origin, Publisher
from shanhai.documents.source import Edition, SourceDocument
from shanhai.documents.yaml_file import load_document
from shanhai.errors import DocumentError


@dataclass(frozen=True)
class TableSource:
    """A source document with its place: `table_id` is `<publisher>/<table>`."""

    publisher_id: str
    table_id: str
    path: Path
    publications: Path
    document: SourceDocument

    def edition(self, name: str, issue: int | None = None) -> Edition:
        """The edition of that name, in its last issue unless one is named; raises DocumentError when there is none."""
        issues = [e for e in self.document.editions if e.edition == name and issue in (None, e.issue)]
        if not issues:
            raise DocumentError(
                f"{self.path}: no edition {name!r}; there are {[e.edition for e in self.document.editions]}"
            )
        return issues[-1]

    def issue_of(self, name: str, sha256: str) -> Edition:
        """The issue of the edition that is these bytes, else its last one."""
        return next((e for e in self.document.editions if (e.edition, e.sha256) == (name, sha256)), self.edition(name))

    def file(self, edition: Edition) -> Path:
        """Where the bundled publication of an edition lies."""
        return self.publications / self.publisher_id / edition.file

    def origin(self, edition: Edition) -> Origin:
        """The origin record beside the publication."""
        file = self.file(edition)
        return load_document(file.with_name(f"{file.name}.origin.yml"), Origin)

    def reading(self, edition: Edition) -> bytes:
        """What of the document decides how this edition reads, in canonical form."""
        shared = self.document.model_dump(mode="json", exclude={"editions", "title", "licence", "notes", "release"})
        own = edition.model_dump(mode="json", exclude={"sha256", "issue"})
        return json.dumps([shared, own], sort_keys=True, ensure_ascii=False).encode()


@dataclass(frozen=True)
class Catalogue:
    """The documents under `sources`, whose publications lie under `publications`."""

    sources: Path
    publications: Path

    @cached_property
    def publishers(self) -> dict[str, Publisher]:
        """Every publisher by id."""
        return {
            path.parent.name: load_document(path, Publisher) for path in sorted(self.sources.glob("*/publisher.yml"))
        }

    @cached_property
    def tables(self) -> dict[str, TableSource]:
        """Every table by id; raises DocumentError on the first document that is not well-formed."""
        folders = sorted({path.parent for path in self.sources.glob("*/*.yml")})
        return {table.table_id: table for folder in folders for table in self.tables_of(folder.name)}

    def tables_of(self, publisher_id: str) -> list[TableSource]:
        """The tables of one publisher, in order."""
        if publisher_id not in self.publishers:
            raise DocumentError(f"{self.sources / publisher_id}: publisher.yml is missing")
        paths = sorted(path for path in (self.sources / publisher_id).glob("*.yml") if path.name != "publisher.yml")
        return [self._table(path) for path in paths]

    def _table(self, path: Path) -> TableSource:
        publisher_id = path.parent.name
        document = load_document(path, SourceDocument)
        return TableSource(publisher_id, f"{publisher_id}/{path.stem}", path, self.publications, document)


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
