"""Proposes a source document for a publication nobody has described yet, for a person to correct.

What the publication does not say is left out or put under `ignored` with a comment; nothing is made up.
"""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from shanhai.documents.catalogue import TableSource
from shanhai.documents.source import SourceDocument
from shanhai.documents.yaml_file import load_document
from shanhai.errors import DocumentError
from shanhai.library import Library
from shanhai.workbench.draft_answers import answer_draft
from shanhai.workbench.draft_tables import TableDraft
from shanhai.workbench.draft_texts import TextDraft
from shanhai.workbench.lookup import DraftSource
from shanhai.workbench.places import largest_table
from shanhai.workbench.shape import shape_of

CARRIERS = {
    ".csv": "csv", ".xlsx": "xlsx", ".xls": "xls", ".html": "html", ".htm": "html", ".docx": "docx", ".pdf": "pdf",
    ".json": "json", ".txt": "text",
}  # fmt: skip


@dataclass(frozen=True)
class Draft:
    """The text of a proposed document, and the document that it is when read strictly."""

    text: str
    source: TableSource


def draft(library: Library, file: Path, *, title_en: str | None = None, period: str | None = None) -> Draft:
    """A proposal for the publication in `file`; raises DocumentError when its shape or none of its names is known."""
    carrier = CARRIERS.get(file.suffix.lower())
    if carrier is None:
        raise DocumentError(f"{file.name}: a publication is one of {', '.join(CARRIERS)}")
    content = file.read_bytes()
    if carrier == "text":
        text = TextDraft(library, file, content).write(title_en, period)
    elif carrier == "json":
        text = answer_draft(library, file, content, title_en)
    else:
        place = largest_table(library, file, content, carrier)
        shape = shape_of(place.grid, library.reference.units)
        text = TableDraft(library, file, content, carrier, place, shape).write(title_en, period)
    return Draft(text, DraftSource(file.parent.name, file.stem, file, file.parent, _strict(text, file)))


def _strict(text: str, file: Path) -> SourceDocument:
    """The document that the text is, read as every document is read."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{file.stem}.yml"
        path.write_text(text, encoding="utf-8")
        return load_document(path, SourceDocument)
