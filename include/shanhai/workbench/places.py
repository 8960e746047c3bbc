"""Finds the table of a publication that is most likely meant: the largest one of all sheets, pages and tables."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from shanhai.carriers.grid import Grid
from shanhai.documents.catalogue import TableSource
from shanhai.documents.source import SourceDocument
from shanhai.errors import DocumentError, PublicationError
from shanhai.library import Library

ENCODINGS = ("utf-8", "gb18030", "utf-16")
_DECODED = frozenset({"csv", "html"})
_MOST_PAGES = 200


@dataclass(frozen=True)
class Place:
    """Where a table stands, and its cells."""

    encoding: str
    options: Mapping[str, object]
    grid: Grid
    carrier: str

    @property
    def said(self) -> list[str]:
        """The line of a document that says the encoding, where it is not the usual one."""
        return [f"encoding: {self.encoding}"] if self.carrier in _DECODED and self.encoding != "utf-8" else []

    @property
    def layout(self) -> list[str]:
        """The lines of a layout that say the place, where it is not the first."""
        usual = {"page": 1, "table": 1, "ruled": True}
        said = [(key, value) for key, value in self.options.items() if value != usual[key]]
        return [f"{key}: {str(value).lower()}" for key, value in said]


def largest_table(library: Library, file: Path, content: bytes, carrier: str) -> Place:
    """The largest table, in the first encoding that decodes; raises DocumentError when none opens."""
    problem = ""
    for encoding in ENCODINGS if carrier in _DECODED else ("utf-8",):
        for ruled in (True, False) if carrier == "pdf" else (True,):
            places = []
            for options in _options(carrier, ruled):
                try:
                    grid = _grid(library, file, content, carrier, encoding, options)
                    places.append(Place(encoding, options, grid, carrier))
                except PublicationError as error:
                    problem = error.problem
                    # A page of a PDF may hold no table and the next one hold it.
                    if not re.search(r"no table \d+ on page|is scanned", problem):
                        break
            if places:
                return max(places, key=lambda found: sum(1 for _ in found.grid.cells()))
    raise DocumentError(f"{file.name}: {problem}")


def _options(carrier: str, ruled: bool) -> Iterator[Mapping[str, object]]:
    """Places to look at, one after the other, until one does not open; of a PDF, the first table of every page."""
    if carrier in ("html", "docx"):
        yield from ({"table": table} for table in count(1))
    elif carrier == "pdf":
        yield from ({"page": page, "ruled": ruled} for page in range(1, _MOST_PAGES + 1))
    else:
        yield {}


def _grid(
    library: Library, file: Path, content: bytes, carrier: str, encoding: str, options: Mapping[str, object]
) -> Grid:
    """The cells, opened as the reader opens them."""
    layout: dict[str, object] = {"head_rows": [1], "label_column": "?", **options}
    document = SourceDocument.model_validate(
        {"title": {"zh": "?", "en": "?"}, "licence": "?", "relation": "observations", "carrier": carrier,
         "symbols": {}, "layout": layout, "columns": [{"head": "?", "indicator": "?"}],
         "editions": [{"edition": "?", "file": file.name, "sha256": hashlib.sha256(content).hexdigest()}]}
        | ({"encoding": encoding} if carrier in _DECODED else {})
    )  # fmt: skip
    source = TableSource("", file.stem, file, file.parent, document)
    return library.reader(source, document.editions[0], content).grid
