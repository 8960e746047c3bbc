"""Figures read cell by cell: what a cell holds is said by its row, its head, and the document."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from shanhai.carriers.grid import Cell
from shanhai.documents.layout import Column
from shanhai.documents.terms import Reading
from shanhai.errors import CellError
from shanhai.grammar.figures import read_cell, split_per_cent
from shanhai.grammar.heads import PrintedHead
from shanhai.grammar.labels import tight
from shanhai.grammar.multiples import read_multiple
from shanhai.reading.blocks import TableBlock
from shanhai.reading.observations import Observations, nearest
from shanhai.reading.publication import Row, Tally
from shanhai.reading.table_rows import PrintedRow, RowTeller

# In place of an indicator: figures that are printed and not read.
IGNORED = "ignored"


@dataclass(frozen=True)
class PrintedColumn:
    """A column of figures: what the document declares of it, its head, the units printed for it and for its table."""

    declared: Column
    head: PrintedHead
    units: list[str]
    units_of_all: list[str]

    def units_in(self, row: PrintedRow) -> list[list[str]]:
        """The units printed for a cell of the row, nearest first."""
        return [self.units, [*row.units], self.units_of_all]


@dataclass(frozen=True)
class CellReader:
    """Reads the figures of a stretch, each by itself."""

    observations: Observations
    block: TableBlock
    columns: list[PrintedColumn]
    teller: RowTeller
    tally: Tally

    def figures(self, row: PrintedRow) -> Iterator[Row]:
        """The figures of a row; raises PublicationError at the first that does not read."""
        for column in self.columns:
            cell = self.block.cell_at(row.number, column.head.column)
            try:
                figure = self._figure(cell, column, row)
            except CellError as error:
                place = cell.locator if cell else f"row {row.number}, column {column.head.column}"
                where = f"cell {place} ({row.label} · {column.head.path})"
                raise self.observations.publication.problem(where, str(error)) from error
            if figure is not None:
                yield figure

    def most_digits(self, row: PrintedRow, column: PrintedColumn) -> int:
        """Digits that a number may have that is all its cell prints; raises CellError where no figure is read."""
        indicator = _indicator(row, column, is_printed=True)
        if indicator is None:
            raise CellError("is not read")
        return self.observations.most_digits(indicator, self.observations.unit_of(indicator, column.units_in(row)))

    def _figure(self, cell: Cell | None, column: PrintedColumn, row: PrintedRow) -> Row | None:
        """The row of one cell; None where the document says that it is not read."""
        if cell is None:
            raise CellError("the row ends before this column")
        if cell.spanned:
            raise CellError("a merged cell covers several figures")
        indicator = _indicator(row, column, is_printed=bool(cell.text.strip()))
        if indicator is None:
            self.tally.cells_ignored += 1
            return None
        publication, units = self.observations.publication, column.units_in(row)
        number, behind = split_per_cent(cell.text)
        unit = self.observations.unit_of(indicator, [[behind], *units] if behind else units)
        if behind and any(units) and behind not in next(filter(None, units)):
            raise CellError(f"prints {cell.text!r} in a column of {'、'.join(next(filter(None, units)))}")
        multiple = read_multiple(number, column.head.path) if unit == "%" else None
        most_digits = self.observations.most_digits(indicator, unit)
        figure = multiple or read_cell(number, publication.symbols, most_digits)
        if behind:
            figure = replace(figure, printed=cell.text)
        if row.part_of:
            comments = [figure.comment, f"of which: part of {row.part_of}, whose parts need not add to it"]
            figure = replace(figure, comment="; ".join(comment for comment in comments if comment))
        declared_levels: list[Reading] = [column.declared, *([row.row] if row.row else [])]
        declared_levels += [publication.edition, publication.document]
        own, name = self._own(column.head, row, declared_levels)
        levels = [*own, *declared_levels]
        return self.observations.of_column(figure, indicator, unit, cell.locator, levels, name, row.code, row.provinces)

    def _own(self, head: PrintedHead, row: PrintedRow, levels: list[Reading]) -> tuple[list[Reading], str]:
        """What row and head print of the figure, as the nearest level; and whom it is of."""
        printed = head.said.get("subject") or row.subject or row.said.get("subject")
        declared = self.teller.declared(printed) if printed else None
        name = (declared.name if declared else None) or (tight(printed) if printed else nearest("subject", levels))
        if not name:
            raise CellError("says of nobody: declare a subject")
        base = nearest("period", levels)
        kind = None if not printed else declared.kind if declared else "division"
        counterpart = head.said.get("counterpart") or row.said.get("counterpart")
        period = self.teller.period(row, head, None if base is None else str(base))
        return [_said(kind, counterpart, period)], str(name)


def _indicator(row: PrintedRow, column: PrintedColumn, is_printed: bool) -> str | None:
    if row.row is None:
        return (
            _indicator_under(row.heading, column.declared) if column.declared.indicators else column.declared.indicator
        )
    measure = column.declared.measure
    code = row.row.indicator or row.row.indicators.get(measure or "")
    if code is None and is_printed:
        raise CellError(f"row {row.row.label!r} declares no indicator of the measure {measure!r}")
    return None if code in (None, IGNORED) else code


def _indicator_under(heading: str | None, column: Column) -> str | None:
    if heading is None:
        raise CellError(f"stands under none of the headings {', '.join(column.indicators)}")
    return None if column.indicators[heading] == IGNORED else column.indicators[heading]


@lru_cache(maxsize=1000)
def _said(kind: str | None, counterpart: str | None, period: str | None) -> Reading:
    """What row and head print of a figure; the same for many."""
    said = {"subject_kind": kind, "counterpart": counterpart, "period": period}
    return Reading.model_construct(**said)  # type: ignore[arg-type]
