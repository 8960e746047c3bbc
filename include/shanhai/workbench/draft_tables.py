"""Proposes a document for a table: heads, units, labels, periods, marks, and which indicators its columns or rows hold.

What the table does not say is left out or put under `ignored` with a comment; nothing is made up.
"""

import re
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from shanhai.errors import CellError, DocumentError
from shanhai.grammar.divisions import COUNTRY_NAMES, DivisionRegister
from shanhai.grammar.periods import parse_period
from shanhai.library import Library
from shanhai.workbench.draft_rows import RowDraft, unit_of_head
from shanhai.workbench.frame import edition_lines, subject_lines, title_line
from shanhai.workbench.naming import GENERIC, Naming, period_in, plain
from shanhai.workbench.places import Place
from shanhai.workbench.scalars import scalar
from shanhai.workbench.shape import Shape, is_figure

_RANK = re.compile(r"位次|排名|名次|排序")
_NOTE = re.compile(r"^(?:注|资料来源|说明|数据来源|备注)[:：]?")
_PAGE_TITLE = re.compile(r"(?is)<title[^>]*>([^<]*)</title>")
_SYMBOL_NOTE = re.compile(r"[“\"'‘]?([-—–…./#*]+|空格|空白)[”\"'’]?\s*表示([^，,。；;“\"]+)")
_MEANINGS = (
    (re.compile(r"最小单位"), "below_unit"),
    (re.compile(r"不详|未取得|缺"), "not_available"),
    (re.compile(r"未统计|未调查"), "not_collected"),
    (re.compile(r"保密"), "suppressed"),
    (re.compile(r"没有|无该|不存在"), "cannot_exist"),
)


@dataclass(frozen=True)
class _Match:
    """What a head was taken for, or why it was not taken for anything."""

    head: str
    indicator: str | None
    period: str | None = None
    remark: str = ""


class TableDraft:
    """Writes the document of a table, part by part."""

    def __init__(self, library: Library, file: Path, content: bytes, carrier: str, place: Place, shape: Shape) -> None:
        self._library, self._file, self._content, self._carrier = library, file, content, carrier
        self._place, self._grid, self._shape = place, place.grid, shape
        self._naming = Naming(library.reference)
        self._units = library.reference.units

    def write(self, title_en: str | None, period: str | None) -> str:
        """The whole text."""
        printed = period or period_in(" ".join(self._titles))
        own = printed or period_in(self._file.stem)
        matches = self._matches()
        if self._names_rows(own):
            rows = RowDraft(self._naming, self._grid, self._shape, own)
            subject = subject_lines(self._library, " ".join(self._titles), own)
            parts = [*self._symbols(rows.figure_columns), *subject, *self._layout(own, rows), *rows.lines()]
            needs_period = not rows.has_periods
        else:
            read = {match.head for match in matches if match.indicator}
            columns = [column for column, head in self._shape.heads.items() if head in read]
            parts = [*self._symbols(columns), *self._layout(own, None)]
            parts += [*self._columns(matches), *self._ignored(matches)]
            needs_period = not all(match.period for match in matches if match.indicator)
        lines = [*title_line(self._title(), title_en, self._file), f"carrier: {self._carrier}", *self._place.said]
        edition = edition_lines(self._file, self._content, own, is_printed=bool(printed), needs_period=needs_period)
        return "\n".join([*lines, *parts, *edition]) + "\n"

    def _names_rows(self, period: str | None) -> bool:
        """Whether the labels are indicators, not divisions."""
        if self._within(period):
            return False
        return any(self._naming.knows(label) for label in self._label_texts())

    # parts of the document -----------------------------------------------------------------------------------

    def _title(self) -> str:
        titles = [re.sub(r"单位[:：].*", "", title).strip() for title in self._titles]
        return next((title for title in titles if title), self._file.stem)

    @cached_property
    def _titles(self) -> list[str]:
        """What stands over the head, and the title of a page."""
        if self._carrier != "html":
            return self._shape.titles
        title = _PAGE_TITLE.search(self._content.decode(self._place.encoding))
        return [*self._shape.titles, *([" ".join(title[1].split())] if title and title[1].strip() else [])]

    def _symbols(self, columns: list[int]) -> list[str]:
        """Marks in place of figures; what a note under the table says of them, else ambiguous."""
        told = self._told_symbols()
        cells = [self._grid.cell(row, c) for row in self._rows_of_figures() for c in columns]
        marks = {cell.text.strip() for cell in cells if cell and not cell.spanned and not is_figure(cell.text)}
        found = sorted(mark for mark in marks if len(mark) <= 3)
        pairs = ", ".join(f"{scalar(mark)}: {told.get(mark, 'ambiguous')}" for mark in found)
        unsaid = [mark for mark in found if mark not in told]
        return [f"symbols: {{{pairs}}}" + ("  # ambiguous where no note says what a mark means" if unsaid else "")]

    def _told_symbols(self) -> dict[str, str]:
        text = " ".join(cell.text for cell in self._grid.cells())
        told = {}
        for mark, meaning in _SYMBOL_NOTE.findall(text):
            known = next((name for pattern, name in _MEANINGS if pattern.search(meaning)), None)
            if known:
                told["" if mark in ("空格", "空白") else mark] = known
        return told

    def _layout(self, period: str | None, rows: "RowDraft | None") -> list[str]:
        shape = self._shape
        lines = ["layout:", *(f"  {said}" for said in self._place.layout)]
        lines.append(f"  head_rows: [{', '.join(map(str, shape.head_rows))}]")
        if shape.unit_line:
            lines.append(f"  unit_line: {shape.unit_line}")
        if shape.unit_row:
            lines.append(f"  unit_row: {shape.unit_row}")
        if shape.remark_rows:
            lines.append(f"  remark_rows: [{', '.join(map(str, shape.remark_rows))}]")
        if rows:
            return lines + rows.layout()
        lines.append(f"  label_column: {scalar(shape.heads[shape.label_column])}")
        if shape.code_column:
            lines.append(f"  code_column: {scalar(shape.heads[shape.code_column])}")
        within = self._within(period)
        if within:
            lines.append(f"  within: {within}")
        return lines + self._labels(within, period)

    def _within(self, period: str | None) -> str | None:
        """The province whose divisions most labels are."""
        counts = {p: sum(self._is_division(label, p, period) for label in self._label_texts()) for p in self._provinces}
        best = max(counts, key=lambda province: counts[province], default=None)
        return best if best and counts[best] else None

    def _labels(self, within: str | None, period: str | None) -> list[str]:
        """Labels that are no division of the register."""
        found = {}
        for label in self._label_texts():
            if not self._is_division(label, within, period):
                kind = "rank" if _RANK.search(label) else "note" if self._is_note(label) else "division_group"
                kind = "country" if label in COUNTRY_NAMES else kind
                found[label] = kind
        if not found:
            return []
        lines = [f"    {scalar(label)}: {{kind: {kind}}}" for label, kind in found.items()]
        return ["  labels:  # not in the register of divisions: groups, ranks, notes, or names to correct", *lines]

    def _columns(self, matches: list[_Match]) -> list[str]:
        lines = []
        for match in matches:
            if match.indicator:
                period = f", period: {scalar(match.period)}" if match.period else ""
                remark = f"  # {match.remark}" if match.remark else ""
                head = scalar(match.head)
                lines.append(f"  - {{head: {head}, indicator: {match.indicator}{period}}}{remark}")
        if not lines:
            heads = "; ".join(match.head for match in matches)
            register = "the register of indicators (dbt_project/seeds/indicators.csv)"
            raise DocumentError(f"no head with a unit names an indicator of {register}, whose rows come first: {heads}")
        return ["columns:", *lines]

    def _ignored(self, matches: list[_Match]) -> list[str]:
        lines = [f"  - {scalar(m.head)}  # {m.remark}" for m in matches if not m.indicator]
        return ["ignored:", *lines] if lines else []

    # labels --------------------------------------------------------------------------------------------------

    @property
    def _provinces(self) -> list[str]:
        return self._library.provinces

    @property
    def _register(self) -> DivisionRegister:
        return self._library.register

    def _label_texts(self) -> list[str]:
        cells = (self._grid.cell(row, self._shape.label_column) for row in self._shape.body)
        return list(dict.fromkeys("".join(cell.text.split()) for cell in cells if cell and cell.text.strip()))

    def _is_division(self, label: str, within: str | None, period: str | None) -> bool:
        day = parse_period(period or str(date.today().year), "PIT").end
        try:
            return bool(day and self._register.code_of(label, day, [within] if within else []))
        except CellError:
            return False

    def _is_note(self, label: str) -> bool:
        return bool(_NOTE.match(label)) or label not in {"".join(t.split()) for t in self._labels_of_figures()}

    def _rows_of_figures(self) -> list[int]:
        """Body rows that print a figure and are no ranks."""
        rows = []
        for row in self._shape.body:
            label = self._grid.cell(row, self._shape.label_column)
            cells = [self._grid.cell(row, column) for column in self._shape.figure_columns]
            is_rank = label is not None and _RANK.search(label.text)
            if any(cell and not cell.spanned and is_figure(cell.text) for cell in cells) and not is_rank:
                rows.append(row)
        return rows

    def _labels_of_figures(self) -> list[str]:
        cells = (self._grid.cell(row, self._shape.label_column) for row in self._rows_of_figures())
        return [cell.text for cell in cells if cell]

    # columns -------------------------------------------------------------------------------------------------

    def _matches(self) -> list[_Match]:
        taken: set[tuple[str, str | None]] = set()
        found = []
        for column in self._shape.figure_columns:
            match = self._match(column)
            key = (match.indicator or "", match.period)
            if match.indicator and key in taken:
                match = _Match(match.head, None, remark=f"{match.indicator}? another column was taken for it")
            taken.add(key)
            found.append(match)
        return found

    def _match(self, column: int) -> _Match:
        head = self._shape.heads[column]
        if not any(self._is_figure_at(row, column) for row in self._shape.body):
            return _Match(head, None, remark="prints no figures")
        named = self._naming.meaning(self._names(head), self._unit(column))
        return _Match(head, named.indicator.indicator_code if named.indicator else None, period_in(head), named.remark)

    def _is_figure_at(self, row: int, column: int) -> bool:
        cell = self._grid.cell(row, column)
        return cell is not None and is_figure(cell.text)

    def _unit(self, column: int) -> str | None:
        """The unit printed for the column in its head or unit row, and else the one printed for the whole table."""
        return unit_of_head(self._shape, self._grid, column, self._units) or self._shape.unit_of_all

    def _names(self, head: str) -> list[str]:
        """What the head may call its indicator: the last part of its path, or the parts joined."""
        parts = [part for part in map(plain, head.split(">")) if part and not GENERIC.fullmatch(part)]
        if not parts:  # 2019, 2020, 2021: the title says of what
            title = " ".join(self._titles)
            return self._naming.in_title(title)
        return list(dict.fromkeys(name for name in ("".join(parts), parts[-1]) if name))
