"""Tables of figures: one row label, one figure a column."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from shanhai.carriers.grid import Cell
from shanhai.documents.source import Column, Label, Reading
from shanhai.errors import CellError
from shanhai.grammar.figures import read_cell
from shanhai.grammar.heads import HeadPaths
from shanhai.grammar.labels import check_parent, is_note, refuse_undeclared, tight
from shanhai.reading.observations import Observations
from shanhai.reading.publication import Publication, Row, Tally


@dataclass(frozen=True)
class TableReader:
    """Reads figures out of cells; each row label is a division, or what the document declares it to be."""

    publication: Publication
    observations: Observations
    tally: Tally

    def rows(self) -> Iterator[Row]:
        """Every figure of every row under the head."""
        publication, layout = self.publication, self.publication.layout
        heads = publication.heads()
        label_column = heads.position(layout.label_column or "")
        columns = [
            (heads.position(column.head), column, self._unit(column, heads)) for column in publication.figure_columns()
        ]
        met: set[str] = set()
        for row in heads.body_rows():
            label_cell = self.publication.cell_at(row, label_column)
            label = (label_cell.text if label_cell else "").strip()
            if not label and not any(cell.text.strip() for cell in self.publication.grid.rows[row - 1]):
                continue
            declared = layout.labels.get(tight(label))
            if self._is_left_out(row, label_column, label, declared, met):
                self.tally.cells_ignored += len(self.publication.grid.rows[row - 1])
                continue
            met.add(tight(label))
            for position, column, unit in columns:
                cell = self.publication.cell_at(row, position)
                try:
                    if cell is None:
                        raise CellError("the row ends before this column")
                    if cell.spanned:
                        raise CellError("a merged cell covers several figures")
                    yield self._cell(cell, column, unit, declared, label, self._code(heads, row))
                except CellError as error:
                    place = cell.locator if cell else f"row {row}, column {position}"
                    raise self.publication.problem(f"cell {place} ({label} · {column.head})", str(error)) from error

    def _is_left_out(self, row: int, column: int, label: str, declared: Label | None, met: set[str]) -> bool:
        """Whether the row is a rank or a note; raises PublicationError when its label says what nobody declared."""
        if declared and declared.kind in ("rank", "note"):
            return True
        others = [cell for number, cell in enumerate(self.publication.grid.rows[row - 1], 1) if number != column]
        if not declared and is_note(label) and not any(cell.text.strip() and not cell.spanned for cell in others):
            return True
        try:
            if declared:
                check_parent(declared, met)
            else:
                refuse_undeclared(label)
        except CellError as error:
            raise self.publication.problem(f"row {row} ({label})", str(error)) from error
        return False

    def _unit(self, column: Column, heads: HeadPaths) -> str:
        return column.unit or heads.unit(column.head, self.observations.reference.units) or ""

    def _code(self, heads: HeadPaths, row: int) -> str | None:
        if self.publication.layout.code_column is None:
            return None
        cell = self.publication.cell_at(row, heads.position(self.publication.layout.code_column))
        code = cell.text.strip() if cell else ""
        return code if code.isdigit() else None

    def _cell(
        self, cell: Cell, column: Column, unit_printed: str, declared: Label | None, label: str, code: str | None
    ) -> Row:
        figure = read_cell(cell.text, dict(self.publication.document.symbols))
        if declared and declared.of:
            comments = [figure.comment, f"of which: part of {declared.of}, whose parts need not add to it"]
            figure = replace(figure, comment="; ".join(comment for comment in comments if comment))
        kind, name = (declared.kind, declared.name) if declared else ("division", None)
        levels: list[Reading] = [
            Reading.model_validate({"subject_kind": kind}),
            column,
            self.publication.edition,
            self.publication.document,
        ]
        return self.observations.of_column(
            figure, column, unit_printed, cell.locator, levels, name or tight(label), code
        )
