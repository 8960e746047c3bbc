"""Reads one edition: chooses how by the document's carrier and relation, and numbers the rows.

A publication is read whole or refused whole: the first cell that does not read raises PublicationError.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from shanhai.carriers.grid import Grid
from shanhai.documents.catalogue import TableSource
from shanhai.documents.reference import Reference
from shanhai.documents.source import Edition
from shanhai.errors import DocumentError
from shanhai.grammar.divisions import DivisionRegister
from shanhai.reading.answers import AnswerReader
from shanhai.reading.figure_blocks import FigureBlock
from shanhai.reading.observations import Observations
from shanhai.reading.publication import Publication, Row, Tally
from shanhai.reading.registers import read_register
from shanhai.reading.tables import TableReader
from shanhai.reading.texts import TextReader
from shanhai.warehouse.tables import staging_relations


@dataclass(frozen=True)
class EditionReader:
    """Reads the edition `edition` of `source`; `register` resolves names of divisions."""

    source: TableSource
    edition: Edition
    content: bytes
    reference: Reference
    register: DivisionRegister

    @cached_property
    def publication(self) -> Publication:
        """The bytes, opened as the document says."""
        return Publication(self.source, self.edition, self.content)

    @cached_property
    def tally(self) -> Tally:
        """Counts, complete once `rows` is exhausted."""
        return Tally()

    @property
    def text(self) -> str:
        """The whole text, decoded strictly."""
        return self.publication.text

    @property
    def grid(self) -> Grid:
        """The cells of the table."""
        return self.publication.grid

    def printed_at(self, locator: str) -> str:
        """The characters of the publication at a locator; raises KeyError when nothing is there."""
        return self.publication.printed_at(locator)

    def rows(self) -> Iterator[Row]:
        """Every row of the edition, numbered from 1, as columns of the document's staging relation."""
        for number, part in self.parts():
            for offset, row in enumerate(part.rows() if isinstance(part, FigureBlock) else [part]):
                self.tally.rows = number + offset
                yield {"row_number": number + offset, **row}

    def parts(self) -> Iterator[tuple[int, Row | FigureBlock]]:
        """The rows as they are read, one by one or in blocks, with the number of the row or of the block's first."""
        number = 1
        for part in self._parts():
            rows = len(part) if isinstance(part, FigureBlock) else 1
            self.tally.rows = number + rows - 1
            yield number, part
            number += rows

    def _parts(self) -> Iterator[Row | FigureBlock]:
        document = self.source.document
        if document.relation not in staging_relations:
            raise DocumentError(
                f"{self.source.path}: no relation {document.relation!r}; there are {list(staging_relations)}"
            )
        if document.relation != "observations":
            return read_register(self.publication)
        observations = Observations(self.publication, self.reference, self.register)
        readers: dict[str, type[TextReader | AnswerReader]] = {"text": TextReader, "json": AnswerReader}
        reader = readers.get(document.carrier, TableReader)
        return reader(self.publication, observations, self.tally).rows()
