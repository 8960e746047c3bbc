"""What a document makes of a publication: the rows it yields, what it leaves out and why, what it refuses."""

import hashlib
import re
from dataclasses import dataclass
from functools import cached_property

from shanhai.documents.catalogue import TableSource
from shanhai.documents.source import Edition
from shanhai.errors import DocumentError, PublicationError
from shanhai.grammar.divisions import normalise_name
from shanhai.library import Library
from shanhai.reading.edition import EditionReader
from shanhai.reading.publication import Row
from shanhai.reading.tables import NEEDS_A_NAME
from shanhai.workbench.roles import CellRoles, LeftOut


@dataclass(frozen=True)
class Explanation:
    """One edition read as far as it reads; `refusal` is the first thing that does not."""

    reader: EditionReader
    rows: list[Row]
    refusal: PublicationError | None
    publication_sha256: str

    @property
    def source(self) -> TableSource:
        """The table."""
        return self.reader.source

    @property
    def edition(self) -> Edition:
        """The edition."""
        return self.reader.edition

    @property
    def is_text(self) -> bool:
        """Whether the publication is a text, not a table."""
        return self.source.document.carrier == "text"

    @property
    def is_sheet(self) -> bool:
        """Whether the publication is a grid of cells that a layout describes."""
        return self.source.document.layout is not None

    @property
    def holds_figures(self) -> bool:
        """Whether the rows are observations, not entries of a register."""
        return self.source.document.relation == "observations"

    @property
    def has_declared_bytes(self) -> bool:
        """Whether the bytes are those whose hash the document names."""
        return self.publication_sha256 == self.edition.sha256

    @property
    def loads(self) -> bool:
        """Whether a load of this edition would be staged."""
        return self.refusal is None and self.has_declared_bytes and bool(self.rows)

    @property
    def missing(self) -> int:
        """Figures that the publication prints as missing."""
        if not self.holds_figures:
            return 0
        return sum(1 for row in self.rows if row["obs_value"] is None and row["obs_text"] is None)

    @property
    def statements_absent(self) -> list[str]:
        """Optional statements that this edition does not make."""
        return self.reader.tally.statements_absent

    @cached_property
    def roles(self) -> CellRoles:
        """What each cell of the table is to the document."""
        return CellRoles(self.reader, self.rows, self.refusal)

    @cached_property
    def left_out(self) -> list[LeftOut]:
        """What is printed and not read, with the reason."""
        if self.is_sheet:
            rows = self.reader.tally.rows_left_out.items()
            why = "rows that the document leaves out · 文档声明不读的行"
            return [*self.roles.left_out(), *(LeftOut(f"{count} rows, {reason}", why, 0) for reason, count in rows)]
        if self.refusal or not self.is_text:
            return []
        paragraphs = [(start, text) for start, text in self.paragraphs() if text.strip()]
        silent = [text for start, text in paragraphs if not self.spans(start, start + len(text))]
        what = f"{len(silent)} of {len(paragraphs)} paragraphs · {sum(map(len, silent))} characters"
        return [LeftOut(what, "no statement reads them · 没有语句读取", 0)] if silent else []

    @property
    def words_not_printed(self) -> list[str]:
        """Words of a refused statement that the text does not print anywhere."""
        place = self.refusal.place if self.refusal and self.is_text else ""
        if not place.startswith("statement "):
            return []
        text = normalise_name(self.reader.text)
        words = re.split(r"\{[^{}]+\}|…|\[[^\[\]]*\]", place.removeprefix("statement ")[1:-1])
        return [each for each in words if normalise_name(each) not in text]

    def paragraphs(self) -> list[tuple[int, str]]:
        """The paragraphs of a text, each with the position of its first character."""
        found, start = [], 0
        for line in self.reader.text.splitlines(keepends=True):
            found.append((start, line))
            start += len(line)
        return found

    def spans(self, start: int, end: int) -> list[tuple[int, int]]:
        """Where figures stand between two positions of a text."""
        return [span for span in self._spans if start <= span[0] < end]

    @cached_property
    def _spans(self) -> list[tuple[int, int]]:
        places = {str(row["locator"]).removeprefix("char ") for row in self.rows}
        return sorted((int(first), int(last)) for first, _, last in (place.partition("-") for place in places))


def explain(library: Library, source: TableSource, edition: Edition, content: bytes) -> Explanation:
    """Read the edition as a load would, keeping what came before the first refusal."""
    document = source.document
    if document.relation == "observations" and document.layout and not document.layout.naming_columns:
        raise DocumentError(f"{source.path}: layout: {NEEDS_A_NAME}")
    reader = library.reader(source, edition, content)
    rows: list[Row] = []
    refusal = None
    try:
        rows.extend(reader.rows())
    except PublicationError as error:
        refusal = error
    return Explanation(reader, rows, refusal, hashlib.sha256(content).hexdigest())
