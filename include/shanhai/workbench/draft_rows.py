"""Proposes what the rows of a table hold, where its labels are indicators and its columns are measures or years."""

import re

from shanhai.carriers.grid import Grid
from shanhai.documents.reference import Unit
from shanhai.grammar.divisions import normalise_name
from shanhai.grammar.labels import is_note
from shanhai.workbench.naming import BRACKETS, Naming, period_of_head, plain
from shanhai.workbench.scalars import scalar
from shanhai.workbench.shape import Shape, is_figure

_UNIT_HEAD = re.compile(r"^(?:计量)?单位|^[Uu]nit")
_GROWTH_HEAD = re.compile(r"增|速|±|比上年|同比")


class RowDraft:
    """The part of a document that says which indicator each row holds, and which measure of it each column."""

    def __init__(self, naming: Naming, grid: Grid, shape: Shape, base: str | None) -> None:
        self._naming, self._grid, self._shape, self._base = naming, grid, shape, base
        heads = shape.heads.items()
        self._unit_column = next((c for c, head in heads if _UNIT_HEAD.search(head) and c != shape.label_column), None)
        self._ignored: list[str] = []
        self._measures: dict[int, str] = {}
        taken: set[tuple[object, ...]] = set()
        for column in shape.figure_columns:
            measure = "growth" if _GROWTH_HEAD.search(shape.heads[column]) else "level"
            key = (measure, *period_of_head(shape.heads[column], base))
            prints = any(self._text(row, column) and is_figure(self._text(row, column)) for row in shape.body)
            if column == self._unit_column:
                continue
            if key in taken or not prints:
                self._ignored.append(shape.heads[column])
            else:
                self._measures[column] = measure
                taken.add(key)

    @property
    def figure_columns(self) -> list[int]:
        """Numbers of the columns that are read."""
        return list(self._measures)

    @property
    def has_periods(self) -> bool:
        """Whether every column prints its period."""
        return all(period_of_head(self._shape.heads[column], self._base)[0] for column in self._measures)

    def layout(self) -> list[str]:
        """The lines of the layout that are about rows."""
        lines = [f"  indicator_column: {scalar(self._shape.heads[self._shape.label_column])}"]
        if self._unit_column:
            lines.append(f"  unit_column: {scalar(self._shape.heads[self._unit_column])}")
        return lines

    def lines(self) -> list[str]:
        """Columns by measure, rows by indicator, and the rows that are not read with the reason."""
        columns = ["columns:"]
        for column, measure in self._measures.items():
            period, accum = period_of_head(self._shape.heads[column], self._base)
            said = (f", period: {scalar(period)}" if period else "") + (f", accum: {accum}" if accum else "")
            columns.append(f"  - {{head: {scalar(self._shape.heads[column])}, measure: {measure}{said}}}")
        ignored = ["ignored:", *(f"  - {scalar(head)}" for head in self._ignored)] if self._ignored else []
        rows, left = ["rows:"], []
        for row in self._shape.body:
            label = "".join(self._text(row, self._shape.label_column).split())
            if not label or is_note(label):
                continue
            line, remark = self._row(row, label)
            if line:
                rows.append(line)
            else:
                left.append(f"  - {scalar(label)}" + (f"  # {remark}" if remark else ""))
        return [*columns, *ignored, *rows, *(["ignored_rows:", *dict.fromkeys(left)] if left else [])]

    def _row(self, row: int, label: str) -> tuple[str | None, str]:
        levels = [column for column, measure in self._measures.items() if measure == "level"]
        unit = self._unit(row, label, levels[0] if levels else None)
        named = self._naming.meaning([plain(label)], unit)
        if named.indicator is None:
            return None, named.remark
        indicators = {"level": named.indicator.indicator_code}
        if "growth" in self._measures.values():
            growth = self._naming.growth_of(named.indicator)
            indicators["growth"] = growth.indicator_code if growth else "ignored"
        held = ", ".join(f"{measure}: {code}" for measure, code in indicators.items() if measure in self._used)
        return f"  - {{label: {scalar(label)}, indicators: {{{held}}}}}", named.remark

    @property
    def _used(self) -> set[str]:
        return set(self._measures.values())

    def _unit(self, row: int, label: str, column: int | None) -> str | None:
        units = self._naming.reference.units
        printed = self._text(row, self._unit_column).strip() if self._unit_column else ""
        in_label = next((word for word in BRACKETS.findall(label) if word in units), None)
        in_head = unit_of_head(self._shape, self._grid, column, units) if column else None
        return in_head or printed or in_label or self._shape.unit_of_all

    def _text(self, row: int, column: int | None) -> str:
        cell = self._grid.cell(row, column) if column else None
        return cell.text if cell and not cell.spanned else ""


def unit_of_head(shape: Shape, grid: Grid, column: int, units: dict[str, Unit]) -> str | None:
    """The unit printed for the column in its unit row or in brackets in its head."""
    if shape.unit_row:
        cell = grid.cell(shape.unit_row, column)
        return (normalise_name(cell.text) if cell else "") or None
    for part in reversed(shape.heads[column].split(">")):
        brackets = BRACKETS.findall(part)
        if brackets and part.endswith((")", "）")) and brackets[-1] in units:
            return str(brackets[-1])
    return None
