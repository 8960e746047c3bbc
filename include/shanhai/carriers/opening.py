"""Which carrier opens how: one entry per carrier of tables, after a look at what the bytes are."""

import re
from collections.abc import Callable

from shanhai.carriers.document import read_document
from shanhai.carriers.grid import Grid
from shanhai.carriers.memory import bounded_memory
from shanhai.carriers.old_workbook import read_old_workbook
from shanhai.carriers.page import read_page
from shanhai.carriers.portable import read_portable
from shanhai.carriers.separated import read_separated
from shanhai.carriers.workbook import read_workbook
from shanhai.documents.layout import Layout
from shanhai.documents.source import SourceDocument

_DELIMITERS = {"comma": ",", "tab": "\t", "semicolon": ";"}
_OPENERS: dict[str, Callable[[bytes, SourceDocument, Layout], Grid]] = {
    "csv": lambda content, document, _: read_separated(content, document.encoding, _DELIMITERS[document.delimiter]),
    "xlsx": lambda content, _, layout: read_workbook(content, layout.sheet, layout.hidden),
    "xls": lambda content, _, layout: read_old_workbook(content, layout.sheet, layout.hidden),
    "html": lambda content, document, layout: read_page(content, document.encoding, layout.table),
    "docx": lambda content, _, layout: read_document(content, layout.table),
    "pdf": lambda content, _, layout: read_portable(content, layout.page, layout.table, layout.ruled),
}
_LOOKS = (
    ("xls", re.compile(rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")),
    ("pdf", re.compile(rb"%PDF-")),
    ("zip", re.compile(rb"PK(?:\x03\x04|\x05\x06)")),
    ("html", re.compile(rb"(?i)(?:\xef\xbb\xbf)?\s*<(?:!doctype\s+html|html|head|meta|table|body)\b")),
    ("xml", re.compile(rb"(?:\xef\xbb\xbf)?\s*<\?xml")),
)
_EXPECTED = {"xlsx": "zip", "docx": "zip", "xls": "xls", "pdf": "pdf"}


def open_grid(content: bytes, document: SourceDocument, layout: Layout) -> Grid:
    """The cells of the document's table; raises ValueError when the bytes are not what the document declares."""
    looks = next((name for name, start in _LOOKS if start.match(content)), "text")
    expected = _EXPECTED.get(document.carrier)
    if expected and looks != expected:
        raise ValueError(f"the bytes are {looks}, not {document.carrier}: declare the carrier that they are")
    if not expected and looks in _EXPECTED.values():
        raise ValueError(f"the bytes are {looks}, not {document.carrier}")
    with bounded_memory():
        return _OPENERS[document.carrier](content, document, layout)
