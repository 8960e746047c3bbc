"""Finds the document a person names: a table's id, a document of the project, or a draft kept anywhere."""

from pathlib import Path

from shanhai.documents.catalogue import TableSource
from shanhai.documents.publisher import Origin
from shanhai.documents.source import Edition, SourceDocument
from shanhai.documents.yaml_file import load_document
from shanhai.errors import DocumentError
from shanhai.library import Library


class DraftSource(TableSource):
    """A document outside the project: its publication lies beside it and may still lack its origin record."""

    def file(self, edition: Edition) -> Path:
        """The publication beside the document."""
        return self.path.parent / edition.file

    def origin(self, edition: Edition) -> Origin:
        """The origin record beside the publication; before there is one, a record without a date."""
        file = self.file(edition)
        if file.with_name(f"{file.name}.origin.yml").exists():
            return super().origin(edition)
        title, licence = self.document.title.zh, self.document.licence
        return Origin(title=title, publisher="", address=None, licence=licence, reliability="", transcription="")


def find_source(name: str, library: Library) -> TableSource:
    """The table that `name` means, a path or `<publisher>/<table>`; raises DocumentError when there is none."""
    catalogue = library.catalogue
    path = Path(name)
    if not path.exists():
        path = catalogue.sources / f"{name}.yml"
    if not path.is_file():
        raise DocumentError(f"{name}: neither a document nor <publisher>/<table> of {catalogue.sources}")
    path = path.resolve()
    publisher_id, document = path.parent.name, load_document(path, SourceDocument)
    is_ours = path.parent.parent == catalogue.sources.resolve()
    kind = TableSource if is_ours else DraftSource
    return kind(publisher_id, f"{publisher_id}/{path.stem}", path, catalogue.publications, document)
