"""What one row of a table says of its figures: subject, indicator, period, unit; or why it is left out."""

from dataclasses import dataclass, field

from shanhai.documents.layout import Label, Layout, TableRow
from shanhai.errors import CellError
from shanhai.grammar.heads import PrintedHead, units_in_label
from shanhai.grammar.labels import check_parent, is_note, refuse_undeclared, tight
from shanhai.grammar.periods import read_printed_period
from shanhai.grammar.row_labels import RowLabels
from shanhai.reading.blocks import TableBlock
from shanhai.reading.observations import Observations
from shanhai.reading.publication import Tally


@dataclass(frozen=True)
class PrintedRow:
    """A row of figures; `units` are printed for it, `said` by its headings, `row` is the declared one."""

    number: int
    label: str
    subject: str | None
    code: str | None = None
    provinces: tuple[str, ...] = ()
    declared: Label | None = None
    row: TableRow | None = None
    period: str = ""
    units: tuple[str, ...] = ()
    said: dict[str, str] = field(default_factory=dict)
    heading: str | None = None

    @property
    def part_of(self) -> str | None:
        """The label of the row above that this one is part of."""
        return (self.declared.of if self.declared else None) or (self.row.of if self.row else None)


class RowTeller:
    """Tells the rows of a stretch apart; raises PublicationError for one whose label says what nobody declared."""

    def __init__(self, observations: Observations, block: TableBlock, rows: RowLabels, tally: Tally) -> None:
        self._observations, self._block, self._rows, self._tally = observations, block, rows, tally
        self._publication = publication = observations.publication
        self._layout: Layout = block.layout
        self._labels = {tight(label): meaning for label, meaning in self._layout.labels.items()}
        self._misprints = {each.row: each for each in publication.edition.misprints}
        self._first = next(iter(self._layout.naming_columns), None)
        self._met: set[str] = set()
        self._year = ""

    def declared(self, label: str) -> Label | None:
        """What the document says of a label that is no division."""
        return self._labels.get(tight(label))

    def tell(self, row: int) -> PrintedRow | None:
        """The row, or None when it is blank, a heading, or left out."""
        width = self._block.width(row)
        if not width:
            return None
        label = self._block.text(row, self._first)
        try:
            if self._is_left_out(row, label):
                self._tally.cells_ignored += width
                return None
            if self._rows.is_heading(label):
                self._refuse_figures(row)
                self._tally.cells_ignored += width
                return None
            provinces = self._provinces(row, label)
            if provinces is None:
                self._tally.cells_ignored += width
                return None
            return self._row(row, label, provinces)
        except CellError as error:
            raise self._publication.problem(f"row {row} ({label})", str(error)) from error

    def _row(self, row: int, label: str, provinces: tuple[str, ...]) -> PrintedRow | None:
        layout, block = self._layout, self._block
        subject = None if layout.label_column is None else block.text(row, layout.label_column)
        declared = self.declared(subject) if subject is not None else None
        if subject is not None:
            self._check_subject(subject, declared)
        table_row, said, units = None, {}, tuple[str, ...]()
        if layout.indicator_column is not None:
            name = block.text(row, layout.indicator_column)
            table_row, said = self._rows.meet(name), dict(self._rows.said)
            if table_row is None or table_row.is_heading:
                if table_row is not None:
                    self._refuse_figures(row)
                self._tally.cells_ignored += len(block.cells(row))
                return None
            units = self._units(row, name, table_row)
            if table_row.of is not None:
                check_parent(Label(of=table_row.of), self._met)
            self._met.add(tight(name))
        block.refuse_beyond_head(row)
        code = block.text(row, layout.code_column)
        period = self._period_of_row(row)
        code = code if code.isdigit() else ""
        heading = self._rows.heading
        return PrintedRow(
            row, label, subject, code or None, provinces, declared, table_row, period, units, said, heading
        )

    def _period_of_row(self, row: int) -> str:
        """What the period column prints; a year that is printed once, where it fills down, goes before 2季度."""
        head = self._layout.period_column
        printed = self._block.text(row, head)
        if head not in self._layout.fill_down or not printed:
            return printed
        year = next((part for part in _digits(tight(printed)) if len(part) == 4), None)
        self._year = year or self._year
        return printed if year else f"{self._year}年{printed}"

    def _check_subject(self, subject: str, declared: Label | None) -> None:
        if declared:
            check_parent(declared, self._met)
        else:
            refuse_undeclared(subject)
        if self._layout.indicator_column is None:
            self._met.add(tight(subject))

    def _units(self, row: int, name: str, table_row: TableRow) -> tuple[str, ...]:
        known = self._observations.reference.units
        if self._layout.unit_column is not None and (printed := tight(self._block.text(row, self._layout.unit_column))):
            return (printed,)
        return tuple(units_in_label(tight(name), known)) or ((table_row.unit,) if table_row.unit else ())

    def _refuse_figures(self, row: int) -> None:
        """Raises CellError when a heading prints a figure."""
        own = {self._block.heads.position(head) for head in self._layout.row_columns}
        for head in (h for c in self._publication.document.columns if self._block.prints(c.head)
                     for h in self._block.heads.printed(c.head)):  # fmt: skip
            cell = self._block.cell_at(row, head.column)
            if cell and head.column not in own and not cell.spanned and cell.text.strip():
                raise CellError(f"is declared a heading, and prints {cell.text.strip()!r} at {cell.locator}")

    def _is_left_out(self, row: int, label: str) -> bool:
        """Whether the row is a misprint, a rank or a note."""
        if misprint := self._misprints.get(row):
            if tight(misprint.label) != tight(label):
                raise CellError(f"is declared the misprinted row {misprint.label!r}")
            self._tally.rows_left_out[f"misprint, row {row} {misprint.label}: {misprint.reason}"] += 1
            return True
        declared = self.declared(label)
        if declared and declared.kind in ("rank", "note"):
            return True
        if declared or not is_note(label):
            return False
        first = 0 if self._first is None else self._block.heads.position(self._first)
        others = [
            cell for n, cell in enumerate(self._block.cells(row), self._layout.first_column)
            if n != first and cell.text.strip() and not cell.spanned
        ]  # fmt: skip
        return not others

    def _provinces(self, row: int, label: str) -> tuple[str, ...] | None:
        """The provinces whose divisions the row's label may be; None for a row of a province that is not read."""
        layout = self._layout
        if layout.province_column is None:
            return tuple(layout.provinces)
        printed = tight(self._block.text(row, layout.province_column))
        # A running head that names two provinces is the page's, not the row's: 浙江省、安徽省.
        named = tuple(printed.replace(",", "、").split("、"))
        if not layout.provinces or self.declared(label):
            return named
        wanted = tuple(name for name in named if name in layout.provinces)
        if not wanted:
            self._tally.rows_left_out[f"{printed}: not among `within`"] += 1
            return None
        if len(named) > 1 and not self._observations.knows(label, wanted):
            self._tally.rows_left_out[f"{printed}: {tight(label)} is no division of {'、'.join(wanted)}"] += 1
            return None
        return wanted

    def period(self, row: PrintedRow, head: PrintedHead, base: str | None) -> str | None:
        """The period printed in heading, row and head; None where none of them prints one."""
        printed = [text for text in (row.said.get("period"), row.period, head.said.get("period")) if text]
        # 一季度 over 2023年 and 2023年 over 一季度 say the same.
        printed.sort(key=lambda text: not any(len(part) == 4 for part in _digits(text)))
        return read_printed_period(printed, base) if printed else None


def _digits(text: str) -> list[str]:
    return "".join(character if character.isdigit() else " " for character in text).split()
