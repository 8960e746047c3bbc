"""Tables of figures, stretch by stretch and row by row."""

from collections.abc import Iterator
from dataclasses import dataclass

from shanhai.errors import CellError, DocumentError, PublicationError
from shanhai.grammar.row_labels import RowLabels
from shanhai.reading.alike_rows import AlikeReader, are_alike
from shanhai.reading.blocks import TableBlock
from shanhai.reading.cells import CellReader, PrintedColumn
from shanhai.reading.figure_blocks import FigureBlock
from shanhai.reading.observations import Observations
from shanhai.reading.publication import Publication, Row, Tally
from shanhai.reading.table_rows import PrintedRow, RowTeller

NEEDS_A_NAME = "a table of figures needs `label_column`, `indicator_column` or `period_column`"


@dataclass(frozen=True)
class TableReader:
    """Reads figures out of cells, stretch by stretch; each row label is a division, or what the document declares."""

    publication: Publication
    observations: Observations
    tally: Tally

    def rows(self) -> Iterator[Row | FigureBlock]:
        """Every figure of every row under the head."""
        document = self.publication.document
        if not self.publication.layout.naming_columns:
            raise DocumentError(f"{self.publication.source.path}: layout: {NEEDS_A_NAME}")
        # Stretches with other columns print every row again; those with the same columns go on with further rows.
        labels: dict[tuple[str, ...], RowLabels] = {}
        for block in self.publication.blocks:
            printed_here = tuple(block.layout.columns or ())
            if printed_here not in labels:
                labels[printed_here] = self._row_labels()
            yield from self._block(block, labels[printed_here])
        try:
            for each in labels.values():
                each.refuse_missing()
        except CellError as error:
            raise self.publication.problem("the rows", str(error)) from error
        if document.layout and len(self.publication.edition.misprints) > self._misprints_met():
            raise self.publication.problem("misprints", "name a row that the table does not have")

    def _misprints_met(self) -> int:
        return sum(reason.startswith("misprint") for reason in self.tally.rows_left_out)

    def _row_labels(self) -> RowLabels:
        document = self.publication.document
        try:
            return RowLabels(document.rows, document.ignored_rows, headings=document.headings)
        except CellError as error:
            raise DocumentError(f"{self.publication.source.path}: rows: {error}") from error

    def _block(self, block: TableBlock, labels: RowLabels) -> Iterator[Row | FigureBlock]:
        teller = RowTeller(self.observations, block, labels, self.tally)
        reader = AlikeReader(CellReader(self.observations, block, self._columns(block), teller, self.tally))
        alike: list[PrintedRow] = []
        for number in block.heads.body_rows():
            try:
                row = teller.tell(number)
            except PublicationError:
                yield from reader.figures(alike)
                raise
            if row is None:
                continue
            if alike and (len(alike) == reader.most_rows or not are_alike(alike[0], row)):
                yield from reader.figures(alike)
                alike = []
            alike.append(row)
        yield from reader.figures(alike)

    def _columns(self, block: TableBlock) -> list[PrintedColumn]:
        known = self.observations.reference.units
        try:
            units_of_all = block.heads.units_of_all(known)
        except CellError as error:
            raise self.publication.problem("the unit line", str(error)) from error
        return [
            PrintedColumn(column, head, [column.unit] if column.unit else block.heads.units(head, known), units_of_all)
            for column in self.publication.figure_columns()
            if block.prints(column.head)
            for head in block.heads.printed(column.head)
        ]
