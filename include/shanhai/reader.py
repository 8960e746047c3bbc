"""Reads one edition of a table: bytes and document to staging rows, each with its locator. No database.

A publication is read whole or refused whole: the first cell that does not read raises PublicationError.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import TypeVar

from shanhai.carriers.decoding import decode
from shanhai.carriers.easyquery import DataNode, read_easyquery
from shanhai.carriers.grid import Cell, Grid
from shanhai.carriers.opening import open_grid
from shanhai.documents.catalogue import TableSource
from shanhai.documents.reference import Indicator, Reference
from shanhai.documents.source import Column, Edition, Label, Layout, Reading, Section, Statement
from shanhai.errors import CellError, DocumentError, PublicationError
from shanhai.grammar.divisions import COUNTRY_NAMES, DivisionRegister
from shanhai.grammar.figures import Figure, missing, read_cell
from shanhai.grammar.heads import HeadPaths
from shanhai.grammar.labels import check_parent, is_note, refuse_undeclared, tight
from shanhai.grammar.paragraphs import repeated_paragraphs
from shanhai.grammar.periods import UNDATED, Period, parse_period, previous_year
from shanhai.grammar.repairs import RepairedText, refuse_damage, repair_text
from shanhai.grammar.statements import Found, Phrase
from shanhai.warehouse.tables import staging_relations

Row = dict[str, object]
Opened = TypeVar("Opened")


@dataclass
class Tally:
    """What became of the cells of an edition, and which optional statements it does not make."""

    rows: int = 0
    cells_ignored: int = 0
    statements_absent: list[str] = field(default_factory=list)
    paragraphs_repeated: int = 0


@dataclass(frozen=True)
class EditionReader:
    """Reads the edition `edition` of `source`; `register` resolves names of divisions."""

    source: TableSource
    edition: Edition
    content: bytes
    reference: Reference
    register: DivisionRegister

    @cached_property
    def tally(self) -> Tally:
        """Counts, complete once `rows` is exhausted."""
        return Tally()

    def rows(self) -> Iterator[Row]:
        """Every row of the edition, numbered from 1, as columns of the document's staging relation."""
        document = self.source.document
        if document.relation not in staging_relations:
            raise DocumentError(
                f"{self.source.path}: no relation {document.relation!r}; there are {list(staging_relations)}"
            )
        tables = self._table if document.relation == "observations" else self._register
        reading = {"text": self._statements, "json": self._data_nodes}.get(document.carrier, tables)
        for number, row in enumerate(reading(), 1):
            self.tally.rows = number
            yield {"row_number": number, **row}

    def printed_at(self, locator: str) -> str:
        """The characters of the publication at a locator; raises KeyError when nothing is there."""
        if locator.startswith("char "):
            start, end = locator.removeprefix("char ").split("-")
            return self.text[int(start) : int(end)]
        return self._texts[locator]

    @cached_property
    def _texts(self) -> dict[str, str]:
        if self.source.document.carrier == "json":
            return {node.locator: node.text for node in self.data_nodes}
        return {cell.locator: cell.text for cell in self.grid.cells()}

    @cached_property
    def _published_on(self) -> date | None:
        return self.source.origin(self.edition).published_on

    # the carrier ---------------------------------------------------------------------------------------------

    @cached_property
    def text(self) -> str:
        """The whole text, decoded strictly."""
        return self._opened(lambda: decode(self.content, self.source.document.encoding))

    @cached_property
    def _repaired(self) -> RepairedText:
        try:
            return repair_text(self.text, self.source.document.repair)
        except CellError as error:
            raise self._problem("the text", str(error)) from error

    @cached_property
    def grid(self) -> Grid:
        """The cells of the table."""
        grid = self._opened(lambda: open_grid(self.content, self.source.document, self._layout))
        for number, row in enumerate(grid.rows, 1):
            try:
                refuse_damage("\t".join(cell.text for cell in row))
            except CellError as error:
                raise self._problem(f"row {number}", str(error)) from error
        return grid

    @cached_property
    def data_nodes(self) -> list[DataNode]:
        """The figures of an answer in JSON."""
        return self._opened(lambda: read_easyquery(self.content, self.source.document.encoding))

    def _opened(self, opener: Callable[[], Opened]) -> Opened:
        try:
            return opener()
        except (ValueError, OSError) as error:
            carrier = self.source.document.carrier
            raise self._problem("the file", f"does not open as {carrier}: {error}") from error

    @property
    def _layout(self) -> Layout:
        layout = self.source.document.layout
        if layout is None:
            raise DocumentError(f"{self.source.path}: a table without a layout")
        return layout

    # texts ---------------------------------------------------------------------------------------------------

    def _statements(self) -> Iterator[Row]:
        document, edition, text = self.source.document, self.edition, self._repaired.text
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
        for section in self.edition.sections:
            start = self._repaired.text.find(section.heading, starts[-1] + 1 if starts else 0)
            if start < 0:
                raise self._problem(f"section {section.heading!r}", "is not in the text, or not in this order")
            starts.append(start)
        return starts

    def _statement(self, statement: Statement, section: Section | None, start: int, end: int) -> Iterator[Row]:
        try:
            found = self._phrase(statement.says).find(self._repaired.text, start, end)
            if found is None and not statement.optional:
                raise CellError("is not in the text")
            if found is None:
                self.tally.statements_absent.append(statement.says)
            for each in found or []:
                yield self._found(each, statement, section)
        except CellError as error:
            raise self._problem(f"statement {statement.says!r}", str(error)) from error

    def _phrase(self, says: str) -> Phrase:
        return Phrase(says, self.reference.indicators, self.reference.units)

    def _found(self, found: Found, statement: Statement, section: Section | None) -> Row:
        levels = [statement, *([section] if section else []), self.edition, self.source.document]
        subject = _nearest("subject", levels)
        if subject is None:
            raise CellError("says of nobody: declare a subject")
        indicator = self.reference.indicators[found.indicator_code]
        start, end = self._repaired.printed_span(found.start, found.end)
        figure = replace(found.figure, printed=self.text[start:end])
        row = self._observation(indicator, figure, levels, str(subject), None)
        page = f"#{section.heading}" if section and self.source.document.is_digest else ""
        return row | {
            "unit_printed": found.unit.unit_printed or None,
            "unit_measure": found.unit.unit_measure,
            **_scaled(figure, found.unit.unit_mult),
            "vintage_set_id": f"{self.source.table_id}@{self.edition.edition}{page}",
            "locator": f"char {start}-{end}",
        }

    # tables --------------------------------------------------------------------------------------------------

    def _table(self) -> Iterator[Row]:
        layout = self._layout
        heads = self._heads()
        label_column = heads.position(layout.label_column or "")
        columns = [(heads.position(column.head), column, self._unit(column, heads)) for column in self._columns()]
        met: set[str] = set()
        for row in heads.body_rows():
            label_cell = self._cell_at(row, label_column)
            label = (label_cell.text if label_cell else "").strip()
            if not label and not any(cell.text.strip() for cell in self.grid.rows[row - 1]):
                continue
            declared = layout.labels.get(tight(label))
            if self._is_left_out(row, label_column, label, declared, met):
                self.tally.cells_ignored += len(self.grid.rows[row - 1])
                continue
            met.add(tight(label))
            for position, column, unit in columns:
                cell = self._cell_at(row, position)
                try:
                    if cell is None:
                        raise CellError("the row ends before this column")
                    if cell.spanned:
                        raise CellError("a merged cell covers several figures")
                    yield self._cell(cell, column, unit, declared, label, self._code(heads, row))
                except CellError as error:
                    place = cell.locator if cell else f"row {row}, column {position}"
                    raise self._problem(f"cell {place} ({label} · {column.head})", str(error)) from error

    def _is_left_out(self, row: int, column: int, label: str, declared: Label | None, met: set[str]) -> bool:
        """Whether the row is a rank or a note; raises PublicationError when its label says what nobody declared."""
        if declared and declared.kind in ("rank", "note"):
            return True
        others = [cell for number, cell in enumerate(self.grid.rows[row - 1], 1) if number != column]
        if not declared and is_note(label) and not any(cell.text.strip() and not cell.spanned for cell in others):
            return True
        try:
            if declared:
                check_parent(declared, met)
            else:
                refuse_undeclared(label)
        except CellError as error:
            raise self._problem(f"row {row} ({label})", str(error)) from error
        return False

    def _cell_at(self, row: int, column: int) -> Cell | None:
        try:
            return self.grid.cell(row, column)
        except CellError as error:
            raise self._problem(f"row {row}", str(error)) from error

    def _columns(self) -> list[Column]:
        return [column for column in self.source.document.columns if column.indicator]

    def _heads(self) -> HeadPaths:
        document = self.source.document
        try:
            return HeadPaths(self.grid, self._layout, [c.head for c in document.columns], document.ignored)
        except CellError as error:
            raise self._problem("the head", str(error)) from error

    def _unit(self, column: Column, heads: HeadPaths) -> str:
        return column.unit or heads.unit(column.head, self.reference.units) or ""

    def _code(self, heads: HeadPaths, row: int) -> str | None:
        if self._layout.code_column is None:
            return None
        cell = self._cell_at(row, heads.position(self._layout.code_column))
        code = cell.text.strip() if cell else ""
        return code if code.isdigit() else None

    def _cell(
        self, cell: Cell, column: Column, unit_printed: str, declared: Label | None, label: str, code: str | None
    ) -> Row:
        figure = read_cell(cell.text, dict(self.source.document.symbols))
        if declared and declared.of:
            comments = [figure.comment, f"of which: part of {declared.of}, whose parts need not add to it"]
            figure = replace(figure, comment="; ".join(comment for comment in comments if comment))
        kind, name = (declared.kind, declared.name) if declared else ("division", None)
        levels: list[Reading] = [
            Reading.model_validate({"subject_kind": kind}),
            column,
            self.edition,
            self.source.document,
        ]
        return self._figure(figure, column, unit_printed, cell.locator, levels, name or tight(label), code)

    def _figure(
        self,
        figure: Figure,
        column: Column,
        unit_printed: str,
        locator: str,
        levels: list[Reading],
        name: str,
        code: str | None,
    ) -> Row:
        indicator = self.reference.indicators.get(column.indicator or "")
        if indicator is None:
            raise CellError(f"the register of indicators lacks {column.indicator!r}")
        unit = self.reference.units.get(unit_printed)
        if unit is None or unit.unit_measure != indicator.unit_measure:
            raise CellError(
                f"unit {unit_printed!r} is not a unit of {indicator.unit_measure} ({indicator.indicator_code})"
            )
        return self._observation(indicator, figure, levels, name, code) | {
            "unit_printed": unit_printed or None,
            "unit_measure": unit.unit_measure,
            **_scaled(figure, unit.unit_mult),
            "vintage_set_id": f"{self.source.table_id}@{self.edition.edition}",
            "locator": locator,
        }

    # answers of a data interface -----------------------------------------------------------------------------

    def _data_nodes(self) -> Iterator[Row]:
        document = self.source.document
        columns = {column.head: column for column in self._columns()}
        names = {node.indicator: f"{node.indicator} {node.indicator_name}" for node in self.data_nodes}
        differences = [f"- {code}" for code in columns.keys() - names.keys()]
        differences += [f"+ {names[code]}" for code in names.keys() - columns.keys() - set(document.ignored)]
        if differences:
            problem = "differ from the approved ones (- declared, + answered):\n" + "\n".join(sorted(differences))
            raise self._problem("the indicators", problem)
        for node in self.data_nodes:
            column = columns.get(node.indicator)
            if column is None:
                self.tally.cells_ignored += 1
                continue
            try:
                yield self._data_node(node, column)
            except CellError as error:
                place = f"{node.locator} ({node.region_name} · {names[node.indicator]} · {node.time})"
                raise self._problem(place, str(error)) from error

    def _data_node(self, node: DataNode, column: Column) -> Row:
        levels = [column, Reading(period=node.period), self.edition, self.source.document]
        name = node.region_name or _nearest("subject", levels)
        if name is None:
            raise CellError("says of nobody: declare a subject")
        if node.has_data:
            node.check()
            figure = read_cell(node.text, dict(self.source.document.symbols))
        else:
            figure = missing(node.text, "not_available")
        unit = node.unit or column.unit or ""
        return self._figure(figure, column, unit, node.locator, levels, str(name), node.region)

    # what every figure has -----------------------------------------------------------------------------------

    def _observation(
        self, indicator: Indicator, figure: Figure, levels: list[Reading], subject: str, code: str | None
    ) -> Row:
        accum = str(_nearest("accum", levels) or indicator.default_accum)
        period = self._period(levels, accum)
        kind = str(_nearest("subject_kind", levels) or ("country" if subject in COUNTRY_NAMES else "division"))
        estimate_round = str(_nearest("estimate_round", levels) or "_Z")
        provisional = estimate_round in ("PRELIM", "FLASH")
        status = figure.missing_status or _nearest("obs_status", levels) or ("P" if provisional else "A")
        published_on = _nearest("published_on", levels) or self._published_on
        comments = [str(c) for c in (figure.comment, _nearest("comment", levels)) if c]
        return {
            "subject_kind": kind,
            "subject_name": subject,
            "division_code": self._division(kind, subject, code, period, published_on),
            "counterpart_name": _nearest("counterpart", levels),
            "indicator_code": indicator.indicator_code,
            "freq": period.freq,
            "time_period": period.time_period,
            "accum": accum,
            "period_start": period.start,
            "period_end": period.end,
            "printed": figure.printed,
            "obs_value": figure.value,
            "obs_value_upper": figure.upper,
            "obs_text": figure.text,
            "decimals": figure.decimals,
            "value_qualifier": figure.qualifier,
            "obs_status": status,
            "conf_status": "F",
            "estimate_round": estimate_round,
            "published_on": published_on,
            "comment": "; ".join(comments) or None,
        }

    def _period(self, levels: list[Reading], accum: str) -> Period:
        text = _nearest("period", levels)
        if text is None:
            raise CellError("has no period: declare one in the document")
        if text == "previous":
            edition_period = _nearest("period", [self.edition, self.source.document])
            text = previous_year(str(edition_period))
        return parse_period(str(text), accum)

    def _division(self, kind: str, name: str, code: str | None, period: Period, published_on: object) -> str | None:
        if kind != "division":
            return None
        layout = self.source.document.layout
        published = published_on if isinstance(published_on, date) else date.today()
        day = period.end if period is not UNDATED and period.end else published
        if code:
            return self.register.check(code, name, day)
        return self.register.code_of(name, day, layout.within if layout else None)

    # registers -----------------------------------------------------------------------------------------------

    def _register(self) -> Iterator[Row]:
        heads = self._heads()
        relation = staging_relations[self.source.document.relation]
        columns = [(heads.position(c.head), c, relation.columns[str(c.field)]) for c in self.source.document.columns]
        for row in heads.body_rows():
            cells = [(self._cell_at(row, position), column, target) for position, column, target in columns]
            if not any(cell and cell.text.strip() for cell, _, _ in cells):
                continue
            values: Row = {"locator": f"R{row}"}
            for cell, column, target in cells:
                text = cell.text.strip() if cell else ""
                try:
                    values[target.name] = cast_text(text, target.type.python_type)
                    if values[target.name] is None and not target.nullable:
                        raise CellError("is empty, and every row must have it")
                except (CellError, ValueError, ArithmeticError) as error:
                    place = cell.locator if cell else f"row {row}"
                    raise self._problem(f"cell {place} ({column.head})", f"{text!r} {error}") from error
            yield values

    def _problem(self, place: str, problem: str) -> PublicationError:
        return PublicationError(self.source.table_id, self.edition.edition, place, problem)


def cast_text(text: str, python_type: type) -> object:
    """A register's cell as its column's type; an empty cell is null."""
    if text == "":
        return None
    if python_type is bool:
        if text not in ("true", "false"):
            raise CellError("is neither true nor false")
        return text == "true"
    if python_type is date:
        return date.fromisoformat(text)
    return python_type(text)


def _nearest(attribute: str, levels: list[Reading]) -> object:
    return next((value for level in levels if (value := getattr(level, attribute)) is not None), None)


def _scaled(figure: Figure, unit_mult: int) -> Row:
    """The canonical values: number x 10^unit_mult, exact."""
    return {
        "unit_mult": unit_mult,
        "value": None if figure.value is None else figure.value.scaleb(unit_mult),
        "value_upper": None if figure.upper is None else figure.upper.scaleb(unit_mult),
    }
