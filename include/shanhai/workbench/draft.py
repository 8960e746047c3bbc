"""Proposes a source document for a table nobody has described yet, for a person to correct.

What the table does not say is left out or put under `ignored` with a comment; nothing is made up.
"""

import hashlib
import re
import tempfile
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from shanhai.carriers.grid import Grid
from shanhai.documents.catalogue import TableSource
from shanhai.documents.reference import Indicator
from shanhai.documents.source import SourceDocument
from shanhai.documents.yaml_file import load_document
from shanhai.errors import CellError, DocumentError, PublicationError
from shanhai.grammar.divisions import COUNTRY_NAMES, DivisionRegister, normalise_name
from shanhai.grammar.periods import parse_period
from shanhai.library import Library
from shanhai.workbench.lookup import DraftSource
from shanhai.workbench.scalars import scalar
from shanhai.workbench.shape import Shape, is_figure, shape_of

CARRIERS = {".csv": "csv", ".xlsx": "xlsx", ".html": "html", ".htm": "html"}
_ENCODINGS = ("utf-8", "gb18030", "utf-16")
_LICENCE = "Statistics are facts; table head quoted"
_BRACKETS = re.compile(r"[（(]([^（()）]+)[)）]")
_RANK = re.compile(r"位次|排名|名次|排序")
_NOTE = re.compile(r"^(?:注|资料来源|说明|数据来源|备注)[:：]?")
_SHORTEST_NAME = 3
_LEFT_OUT = ("增加值", "数", "余额", "个数")
_PAGE_TITLE = re.compile(r"(?is)<title[^>]*>([^<]*)</title>")
# Parts of a header path that say which of several figures, not of what.
_GENERIC = re.compile(r"合计|总计|累计|绝对数|总量|指标值|本期|数值")
_WHOSE = re.compile(r"^(?:地方|全社会|全省|全市|全县|本市|本县)")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)")
_WITHIN_YEAR = (
    (re.compile(r"前三季度|1[-—–~至]9月|三季度|1[-—–~至]3季度"), "-Q3"),
    (re.compile(r"上半年|1[-—–~至]6月|二季度"), "-S1"),
    (re.compile(r"一季度|1[-—–~至]3月"), "-Q1"),
)
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
    unit: str | None = None
    period: str | None = None
    remark: str = ""


@dataclass(frozen=True)
class Draft:
    """The text of a proposed document, and the document that it is when read strictly."""

    text: str
    source: TableSource


def draft(library: Library, file: Path, *, title_en: str | None = None, period: str | None = None) -> Draft:
    """A proposal for the table in `file`; raises DocumentError when its shape or none of its heads is known."""
    carrier = CARRIERS.get(file.suffix.lower())
    if carrier is None:
        raise DocumentError(f"{file.name}: a table is one of {', '.join(CARRIERS)}; a text is described by hand")
    content = file.read_bytes()
    encoding, grid, table = _opened(library, file, content, carrier)
    shape = shape_of(grid, library.reference.units)
    text = _Writer(library, file, content, carrier, encoding, table, grid, shape).write(title_en, period)
    return Draft(text, DraftSource(file.parent.name, file.stem, file, file.parent, _strict(text, file)))


class _Writer:
    """Writes the document, part by part."""

    def __init__(
        self, library: Library, file: Path, content: bytes, carrier: str, encoding: str, table: int, grid: Grid,
        shape: Shape,
    ) -> None:  # fmt: skip
        self._library, self._file, self._content = library, file, content
        self._carrier, self._encoding, self._table = carrier, encoding, table
        self._grid, self._shape = grid, shape
        self._indicators = library.reference.indicators
        self._units = library.reference.units

    def write(self, title_en: str | None, period: str | None) -> str:
        """The whole text."""
        matches = self._matches()
        title = self._title()
        printed = period or period_in(" ".join(self._titles))
        own = printed or period_in(self._file.stem)
        lines = [
            f"title: {{zh: {scalar(title)}, en: {scalar(title_en or self._file.stem)}}}"
            + ("" if title_en else "  # the name of the file; say it in English"),
            f"licence: {_LICENCE}",
            "relation: observations",
            f"carrier: {self._carrier}",
        ]
        if self._encoding != "utf-8" and self._carrier != "xlsx":
            lines.append(f"encoding: {self._encoding}")
        lines += [*self._symbols(matches), *self._layout(own), *self._columns(matches), *self._ignored(matches)]
        return "\n".join([*lines, *self._editions(matches, own, is_printed=bool(printed))]) + "\n"

    # parts of the document -----------------------------------------------------------------------------------

    def _title(self) -> str:
        titles = [re.sub(r"单位[:：].*", "", title).strip() for title in self._titles]
        return next((title for title in titles if title), self._file.stem)

    @cached_property
    def _titles(self) -> list[str]:
        """What stands over the head, and the title of a page."""
        if self._carrier != "html":
            return self._shape.titles
        title = _PAGE_TITLE.search(self._content.decode(self._encoding))
        return [*self._shape.titles, *([" ".join(title[1].split())] if title and title[1].strip() else [])]

    def _symbols(self, matches: list[_Match]) -> list[str]:
        """Marks in place of figures; what a note under the table says of them, else ambiguous."""
        told = self._told_symbols()
        read = {m.head for m in matches if m.indicator}
        columns = [c for c, head in self._shape.heads.items() if head in read]
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

    def _layout(self, period: str | None) -> list[str]:
        shape = self._shape
        lines = ["layout:"]
        if self._table > 1:
            lines.append(f"  table: {self._table}")
        lines.append(f"  head_rows: [{', '.join(map(str, shape.head_rows))}]")
        if shape.unit_row:
            lines.append(f"  unit_row: {shape.unit_row}")
        if shape.remark_rows:
            lines.append(f"  remark_rows: [{', '.join(map(str, shape.remark_rows))}]")
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
                unit = f", unit: {scalar(match.unit)}" if match.unit else ""
                period = f", period: {scalar(match.period)}" if match.period else ""
                remark = f"  # {match.remark}" if match.remark else ""
                head = scalar(match.head)
                lines.append(f"  - {{head: {head}, indicator: {match.indicator}{unit}{period}}}{remark}")
        if not lines:
            heads = "; ".join(match.head for match in matches)
            register = "the register of indicators (dbt_project/seeds/indicators.csv)"
            raise DocumentError(f"no head with a unit names an indicator of {register}, whose rows come first: {heads}")
        return ["columns:", *lines]

    def _ignored(self, matches: list[_Match]) -> list[str]:
        lines = [f"  - {scalar(m.head)}  # {m.remark}" for m in matches if not m.indicator]
        return ["ignored:", *lines] if lines else []

    def _editions(self, matches: list[_Match], period: str | None, *, is_printed: bool) -> list[str]:
        sha256 = hashlib.sha256(self._content).hexdigest()
        name = period or "first"
        own = f"period: {scalar(period)}, " if period else ""
        remark = []
        if not period and not all(match.period for match in matches if match.indicator):
            remark = ["  # no period is printed that reads surely; the edition needs one, as `period`"]
        elif period and not is_printed:
            remark = ["  # the period is in the name of the file only; a yearbook tells of the year before its own"]
        file = scalar(self._file.name)
        return ["editions:", *remark, f"  - {{edition: {scalar(name)}, {own}file: {file}, sha256: {sha256}}}"]

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
        printed, told = self._unit(column)
        period = period_in(head)
        names = self._names(head)
        for certain in (True, False):
            distance = {i.indicator_code: _distance(names, i.name_zh, certain) for i in self._indicators.values()}
            candidates = [i for i in self._indicators.values() if distance[i.indicator_code] is not None]
            fitting = _nearest([i for i in candidates if self._fits(i, printed or told)], distance)
            if len(fitting) == 1 and (printed or told):
                remark = "" if certain else f"named {fitting[0].name_zh} in the register"
                return _Match(head, fitting[0].indicator_code, None if printed else told, period, remark)
            if candidates:
                return _Match(head, None, remark=self._doubt(candidates, fitting, printed or told))
        return _Match(head, None, remark="no indicator of the register has this name")

    def _doubt(self, candidates: list[Indicator], fitting: list[Indicator], unit: str | None) -> str:
        names = ", ".join(f"{each.indicator_code}?" for each in (fitting or candidates)[:3])
        if unit is None:
            return f"{names} no unit is printed; a column needs one, as `unit`"
        return names if fitting else f"{names} printed in {unit}"

    def _is_figure_at(self, row: int, column: int) -> bool:
        cell = self._grid.cell(row, column)
        return cell is not None and is_figure(cell.text)

    def _unit(self, column: int) -> tuple[str | None, str | None]:
        """The unit printed for the column in its head or unit row, and else the one printed for the whole table."""
        shape = self._shape
        if shape.unit_row:
            cell = self._grid.cell(shape.unit_row, column)
            printed = normalise_name(cell.text) if cell else ""
            return printed or None, None
        for part in reversed(shape.heads[column].split(">")):
            brackets = _BRACKETS.findall(part)
            if brackets and part.endswith((")", "）")) and brackets[-1] in self._units:
                return brackets[-1], None
        return None, shape.unit_of_all

    def _fits(self, indicator: Indicator, unit: str | None) -> bool:
        known = self._units.get(unit or "")
        return unit is None or (known is not None and known.unit_measure == indicator.unit_measure)

    def _names(self, head: str) -> list[str]:
        """What the head may call its indicator: the last part of its path, or the parts joined."""
        parts = [part for part in map(_plain, head.split(">")) if part and not _GENERIC.fullmatch(part)]
        if not parts:  # 2019, 2020, 2021: the title says of what
            title = " ".join(self._titles)
            named = [_plain(normalise_name(i.name_zh)) for i in self._indicators.values()]
            return sorted((n for n in named if len(n) >= _SHORTEST_NAME and n in title), key=len)[-1:]
        return list(dict.fromkeys(name for name in ("".join(parts), parts[-1]) if name))


def period_in(text: str) -> str | None:
    """The one period that a title, a head or a file name prints; None when it prints none or several."""
    years = set(_YEAR.findall(text))
    if len(years) != 1:
        return None
    part = next((code for pattern, code in _WITHIN_YEAR if pattern.search(text)), "")
    return str(years.pop()) + part


def _plain(part: str) -> str:
    """A head's name without units, years, and what says only whose or when."""
    bare = re.sub(r"(?:19|20)\d{2}年?|年末", "", _BRACKETS.sub("", part))
    return _WHOSE.sub("", bare)


def _distance(names: list[str], name_zh: str, certain: bool) -> int | None:
    """By how many characters the register's name is longer than the head's; None where it is another name.

    Sure is the same name; unsure, one that the head shortens: 生产总值, or 第一产业 for its value added.
    """
    registered = _plain(normalise_name(name_zh))
    found = []
    for name in names:
        if ("人均" in name) != ("人均" in registered):
            continue
        shortened = len(name) >= _SHORTEST_NAME and registered.endswith(name)
        if registered == name or (not certain and (shortened or registered in {name + s for s in _LEFT_OUT})):
            found.append(len(registered) - len(name))
    return min(found, default=None)


def _nearest(indicators: list[Indicator], distance: dict[str, int | None]) -> list[Indicator]:
    """Those whose names are nearest to the head's."""
    least = min((distance[i.indicator_code] or 0 for i in indicators), default=0)
    return [i for i in indicators if (distance[i.indicator_code] or 0) == least]


def _opened(library: Library, file: Path, content: bytes, carrier: str) -> tuple[str, Grid, int]:
    """Encoding, cells and number of the table: the first encoding that decodes, the largest table of a page."""
    problem = ""
    for encoding in _ENCODINGS if carrier != "xlsx" else ("utf-8",):
        grids: list[tuple[str, Grid, int]] = []
        table = 1
        while carrier == "html" or table == 1:
            try:
                grids.append((encoding, _grid(library, file, content, carrier, encoding, table), table))
            except PublicationError as error:
                problem = error.problem
                break
            table += 1
        if grids:
            return max(grids, key=lambda found: sum(1 for _ in found[1].cells()))
    raise DocumentError(f"{file.name}: {problem}")


def _grid(library: Library, file: Path, content: bytes, carrier: str, encoding: str, table: int) -> Grid:
    """The cells, opened as the reader opens them."""
    layout: dict[str, object] = {"head_rows": [1], "label_column": "?"} | (
        {"table": table} if carrier == "html" else {}
    )
    document = SourceDocument.model_validate(
        {"title": {"zh": "?", "en": "?"}, "licence": "?", "relation": "observations", "carrier": carrier,
         "symbols": {}, "layout": layout, "columns": [{"head": "?", "indicator": "?"}],
         "editions": [{"edition": "?", "file": file.name, "sha256": hashlib.sha256(content).hexdigest()}]}
        | ({} if carrier == "xlsx" else {"encoding": encoding})
    )  # fmt: skip
    source = TableSource("", file.stem, file, file.parent, document)
    return library.reader(source, document.editions[0], content).grid


def _strict(text: str, file: Path) -> SourceDocument:
    """The document that the text is, read as every document is read."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{file.stem}.yml"
        path.write_text(text, encoding="utf-8")
        return load_document(path, SourceDocument)
