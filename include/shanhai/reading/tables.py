"""Tables of figures: what a cell holds is said by its row, its head, and the document."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from shanhai.carriers.grid import Cell
from shanhai.documents.layout import Column
from shanhai.documents.terms import Reading
from shanhai.errors import CellError, DocumentError
from shanhai.grammar.figures import read_cell, split_per_cent
from shanhai.grammar.heads import PrintedHead
from shanhai.grammar.labels import tight
from shanhai.grammar.multiples import read_multiple
from shanhai.grammar.row_labels import RowLabels
from shanhai.reading.blocks import TableBlock
from shanhai.reading.observations import Observations, nearest
from shanhai.reading.publication import Publication, Row, Tally
from shanhai.reading.table_rows import PrintedRow, RowTeller

# In place of an indicator: figures that are printed and not read.
IGNORED = "ignored"
NEEDS_A_NAME = "a table of figures needs `label_column`, `indicator_column` or `period_column`"


@dataclass(frozen=True)
class TableReader:
    """Reads figures out of cells, stretch by stretch; each row label is a division, or what the document declares."""

    publication: Publication
    observations: Observations
    tally: Tally

    def rows(self) -> Iterator[Row]:
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

    def _block(self, block: TableBlock, labels: RowLabels) -> Iterator[Row]:
        teller = RowTeller(self.observations, block, labels, self.tally)
        known = self.observations.reference.units
        columns = [
            (column, head, [column.unit] if column.unit else block.heads.units(head, known))
            for column in self.publication.figure_columns()
            if block.prints(column.head)
            for head in block.heads.printed(column.head)
        ]
        try:
            units_of_all = block.heads.units_of_all(known)
        except CellError as error:
            raise self.publication.problem("the unit line", str(error)) from error
        for number in block.heads.body_rows():
            row = teller.tell(number)
            if row is None:
                continue
            for column, head, printed in columns:
                cell = block.cell_at(number, head.column)
                try:
                    figure = self._figure(cell, column, head, row, teller, [printed, [*row.units], units_of_all])
                except CellError as error:
                    place = cell.locator if cell else f"row {number}, column {head.column}"
                    raise self.publication.problem(f"cell {place} ({row.label} · {head.path})", str(error)) from error
                if figure is not None:
                    yield figure

    def _figure(
        self,
        cell: Cell | None,
        column: Column,
        head: PrintedHead,
        row: PrintedRow,
        teller: RowTeller,
        units: list[list[str]],
    ) -> Row | None:
        """The row of one cell; None where the document says that it is not read."""
        if cell is None:
            raise CellError("the row ends before this column")
        if cell.spanned:
            raise CellError("a merged cell covers several figures")
        indicator = self._indicator(cell, column, row)
        if indicator is None:
            self.tally.cells_ignored += 1
            return None
        number, behind = split_per_cent(cell.text)
        unit = self.observations.unit_of(indicator, [[behind], *units] if behind else units)
        if behind and any(units) and behind not in next(filter(None, units)):
            raise CellError(f"prints {cell.text!r} in a column of {'、'.join(next(filter(None, units)))}")
        multiple = read_multiple(number, head.path) if unit == "%" else None
        most_digits = self.observations.most_digits(indicator, unit)
        figure = multiple or read_cell(number, self.publication.symbols, most_digits)
        if behind:
            figure = replace(figure, printed=cell.text)
        if row.part_of:
            comments = [figure.comment, f"of which: part of {row.part_of}, whose parts need not add to it"]
            figure = replace(figure, comment="; ".join(comment for comment in comments if comment))
        declared_levels: list[Reading] = [column, *([row.row] if row.row else [])]
        declared_levels += [self.publication.edition, self.publication.document]
        own, name = self._own(head, row, teller, declared_levels)
        levels = [*own, *declared_levels]
        return self.observations.of_column(figure, indicator, unit, cell.locator, levels, name, row.code, row.provinces)

    def _indicator(self, cell: Cell, column: Column, row: PrintedRow) -> str | None:
        if row.row is None:
            return self._indicator_under(row.heading, column) if column.indicators else column.indicator
        code = row.row.indicator or row.row.indicators.get(column.measure or "")
        if code is None and cell.text.strip():
            raise CellError(f"row {row.row.label!r} declares no indicator of the measure {column.measure!r}")
        return None if code in (None, IGNORED) else code

    def _indicator_under(self, heading: str | None, column: Column) -> str | None:
        if heading is None:
            raise CellError(f"stands under none of the headings {', '.join(column.indicators)}")
        return None if column.indicators[heading] == IGNORED else column.indicators[heading]

    def _own(
        self, head: PrintedHead, row: PrintedRow, teller: RowTeller, levels: list[Reading]
    ) -> tuple[list[Reading], str]:
        """What row and head print of the figure, as the nearest level; and whom it is of."""
        printed = head.said.get("subject") or row.subject or row.said.get("subject")
        declared = teller.declared(printed) if printed else None
        name = (declared.name if declared else None) or (tight(printed) if printed else nearest("subject", levels))
        if not name:
            raise CellError("says of nobody: declare a subject")
        base = nearest("period", levels)
        kind = None if not printed else declared.kind if declared else "division"
        counterpart = head.said.get("counterpart") or row.said.get("counterpart")
        period = teller.period(row, head, None if base is None else str(base))
        return [_said(kind, counterpart, period)], str(name)


@lru_cache(maxsize=1000)
def _said(kind: str | None, counterpart: str | None, period: str | None) -> Reading:
    """What row and head print of a figure; the same for many."""
    said = {"subject_kind": kind, "counterpart": counterpart, "period": period}
    return Reading.model_construct(**said)  # type: ignore[arg-type]
