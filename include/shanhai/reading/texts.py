"""Texts: the statements of a document, found where they stand."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from shanhai.documents.source import Section, Statement
from shanhai.errors import CellError
from shanhai.grammar.paragraphs import repeated_paragraphs
from shanhai.grammar.statements import Found, Phrase
from shanhai.reading.observations import Observations, nearest
from shanhai.reading.publication import Publication, Row, Tally


@dataclass(frozen=True)
class TextReader:
    """Reads figures out of sentences."""

    publication: Publication
    observations: Observations
    tally: Tally

    def rows(self) -> Iterator[Row]:
        """Every figure of every statement, in the order of the document."""
        publication, text = self.publication, self.publication.repaired.text
        document, edition = publication.document, publication.edition
        self.tally.paragraphs_repeated = len(repeated_paragraphs(text))
        for statement in [*document.statements, *edition.statements]:
            yield from self._statement(statement, None, 0, len(text))
        starts = self._section_starts()
        ends = [*starts[1:], len(text)]
        for section, start, end in zip(edition.sections, starts, ends[: len(starts)], strict=True):
            for statement in section.statements:
                yield from self._statement(statement, section, start, end)

    def _section_starts(self) -> list[int]:
        starts: list[int] = []
        for section in self.publication.edition.sections:
            start = self.publication.repaired.text.find(section.heading, starts[-1] + 1 if starts else 0)
            if start < 0:
                raise self.publication.problem(
                    f"section {section.heading!r}", "is not in the text, or not in this order"
                )
            starts.append(start)
        return starts

    def _statement(self, statement: Statement, section: Section | None, start: int, end: int) -> Iterator[Row]:
        try:
            found = self._phrase(statement.says).find(self.publication.repaired.text, start, end)
            if found is None and not statement.optional:
                raise CellError("is not in the text")
            if found is None:
                self.tally.statements_absent.append(statement.says)
            for each in found or []:
                yield self._row(each, statement, section)
        except CellError as error:
            raise self.publication.problem(f"statement {statement.says!r}", str(error)) from error

    def _phrase(self, says: str) -> Phrase:
        reference = self.observations.reference
        return Phrase(says, reference.indicators, reference.units)

    def _row(self, found: Found, statement: Statement, section: Section | None) -> Row:
        publication = self.publication
        levels = [statement, *([section] if section else []), publication.edition, publication.document]
        subject = nearest("subject", levels)
        if subject is None:
            raise CellError("says of nobody: declare a subject")
        start, end = publication.repaired.printed_span(found.start, found.end)
        return self.observations.row(
            self.observations.reference.indicators[found.indicator_code],
            replace(found.figure, printed=publication.text[start:end]),
            found.unit,
            f"char {start}-{end}",
            levels,
            str(subject),
            page=f"#{section.heading}" if section and publication.document.is_digest else "",
        )
