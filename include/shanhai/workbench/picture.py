"""Draws an explanation in the terminal: the sheet or text coloured by role, the rows it yields, what is left out."""

from collections.abc import Iterable
from itertools import groupby
from operator import itemgetter

from rich.cells import set_cell_size
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from shanhai.reading.publication import Row
from shanhai.workbench.explanation import Explanation
from shanhai.workbench.roles import CellRoles, Role

# Colour, the mark that stands before the text where there is no colour, and the word in Chinese.
_ROLES: dict[Role, tuple[str, str, str]] = {
    Role.HEAD: ("bold white on blue", "=", "表头"),
    Role.UNIT: ("black on cyan", "~", "单位"),
    Role.LABEL: ("bold yellow", ":", "标目"),
    Role.CODE: ("magenta", "#", "代码"),
    Role.FIGURE: ("green", " ", "数字"),
    Role.MISSING: ("black on yellow", "o", "缺失"),
    Role.IGNORED: ("dim strike", "x", "不读"),
    Role.UNREAD: ("dim", "?", "未及读取"),
    Role.REFUSED: ("bold white on red", "!", "拒绝"),
}
_FIGURE_HEADS = ("subject · 对象", "indicator · 指标", "period · 时期", "value · 数值", "status", "locator · 位置")
_MARKED = "reverse green"
_CELL_WIDTH = 13
_AROUND = 1  # rows shown before and after a refused one
_LONGEST = 12  # lines of each list


def draw(explanation: Explanation, console: Console, rows: int = 12, columns: int = 8) -> None:
    """Print the explanation; `rows` body rows and `columns` columns of a sheet are shown."""
    edition, document = explanation.edition, explanation.source.document
    console.print(Text(f"{explanation.source.table_id} · {edition.edition} · {edition.file}", style="bold"))
    console.print(Text(f"{document.title.zh} · {document.title.en}\n"))
    if explanation.is_sheet:
        if explanation.roles.grid.rows:
            _draw_sheet(explanation.roles, console, rows, columns)
    elif explanation.is_text and (explanation.refusal is None or explanation.rows):
        _draw_text(explanation, console)
    _draw_rows(explanation, console, rows)
    _draw_counts(explanation, console)
    _draw_verdict(explanation, console)


def _draw_sheet(roles: CellRoles, console: Console, rows: int, columns: int) -> None:
    refused = roles.refused_cell()
    shown_rows = _shown(len(roles.grid.rows), rows, refused[0] if refused else None)
    shown_columns = _shown(roles.grid.width, columns, refused[1] if refused else None)
    table = Table(box=None, padding=(0, 1, 0, 0), header_style="dim", pad_edge=False)
    table.add_column("", justify="right", style="dim", no_wrap=True)
    for column in shown_columns:
        table.add_column(_gap(column) or f"C{column}", no_wrap=True)
    for row in shown_rows:
        cells = [_cell(roles, row, column, bool(console.color_system)) for column in shown_columns]
        table.add_row(_gap(row) or f"R{row}", *(cells if row else []))
    console.print(table)
    more = f"{len(roles.grid.rows)} rows × {roles.grid.width} columns · 行 × 列"
    console.print(Text(more, style="dim"))
    console.print(_legend(bool(console.color_system)))
    console.print()


def _shown(count: int, most: int, refused: int | None) -> list[int]:
    """Numbers to show, the refused one among them; 0 stands for a gap."""
    first = list(range(1, min(count, most) + 1))
    if refused is None or refused + _AROUND <= len(first):
        return first + ([0] if count > len(first) else [])
    start = max(refused - _AROUND, len(first) + 1)
    last = list(range(start, min(refused + _AROUND, count) + 1))
    before = [0] if start > len(first) + 1 else []
    return first + before + last + ([0] if last and last[-1] < count else [])


def _gap(number: int) -> str:
    return "" if number else "…"


def _cell(roles: CellRoles, row: int, column: int, colour: bool) -> Text:
    cell = roles.grid.cell(row, column) if column else None
    if cell is None:
        is_refused = bool(column) and roles.is_refused(row, column)
        return Text("(no cell)", style=_ROLES[Role.REFUSED][0]) if is_refused else Text()
    style, mark, _ = _ROLES[roles.of(row, column)]
    words = "″" if cell.spanned else "".join(cell.text.split())
    text = words if colour else f"{mark}{words}"
    return Text(set_cell_size(_shortened(text, _CELL_WIDTH), _CELL_WIDTH), style=style)


def _shortened(text: str, width: int) -> str:
    """`text` cut with an ellipsis to `width` columns of a terminal."""
    line = Text(text)
    line.truncate(width, overflow="ellipsis")
    return line.plain


def _legend(colour: bool) -> Text:
    legend = Text("legend · 图例  ")
    for role, (style, mark, chinese) in _ROLES.items():
        legend.append(f" {role.value}·{chinese} " if colour else f"[{mark}]{role.value}·{chinese}", style=style)
        legend.append("  ")
    return legend


def _draw_text(explanation: Explanation, console: Console) -> None:
    """Paragraphs with figures in full, the figures marked; the others counted."""
    paragraphs = [(start, line, bool(explanation.spans(start, start + len(line))))
                  for start, line in explanation.paragraphs() if line.strip()]  # fmt: skip
    for speaks, group in groupby(paragraphs, key=itemgetter(2)):
        held = list(group)
        if not speaks:
            count = sum(len(line) for _, line, _ in held)
            console.print(Text(f"… {len(held)} paragraphs, {count} characters · 段落", style="dim"))
            continue
        for start, line, _ in held:
            console.print(_marked(explanation, start, line, bool(console.color_system)))
    legend = Text("legend · 图例  ")
    legend.append("figure 数字" if console.color_system else "【figure 数字】", style=_MARKED)
    console.print(legend)
    console.print()


def _marked(explanation: Explanation, start: int, line: str, colour: bool) -> Text:
    marked, at = Text(), 0
    for first, last in explanation.spans(start, start + len(line)):
        if last - start <= at:  # one stretch of text may hold several figures
            continue
        marked.append(line[at : max(first - start, at)])
        figure = line[max(first - start, at) : last - start]
        marked.append(figure if colour else f"【{figure}】", style=_MARKED)
        at = last - start
    marked.append(line[at:].rstrip("\n"))
    return marked


def _draw_rows(explanation: Explanation, console: Console, most: int) -> None:
    if not explanation.rows:
        return
    if explanation.holds_figures:
        table = _table(*_FIGURE_HEADS)
        for row in explanation.rows[:most]:
            table.add_row(*map(escape, _figure_row(row)))
    else:
        table = _table("locator · 位置", "row · 行")
        for row in explanation.rows[:most]:
            fields = {k: v for k, v in row.items() if k not in ("row_number", "locator") and v is not None}
            words = " · ".join(f"{name}={value}" for name, value in fields.items())
            table.add_row(str(row["locator"]), escape(words))
    console.print(table)
    if len(explanation.rows) > most:
        console.print(Text(f"… {len(explanation.rows) - most} rows more · 其余行", style="dim"))


def _table(*heads: str) -> Table:
    return Table(*heads, box=None, padding=(0, 2, 0, 0), header_style="bold", pad_edge=False)


def _figure_row(row: Row) -> list[str]:
    code = f" {row['division_code']}" if row["division_code"] else ""
    value = row["obs_text"] if row["obs_value"] is None else row["obs_value"]
    upper = f"–{row['obs_value_upper']}" if row["obs_value_upper"] is not None else ""
    qualifier = "" if row["value_qualifier"] == "EXACT" else f"{row['value_qualifier']} "
    printed = "—" if value is None else f"{qualifier}{value}{upper} {row['unit_printed'] or ''}".strip()
    clock = f"{row['time_period'] or 'undated'} {row['accum']}"
    estimate = "" if row["estimate_round"] == "_Z" else f" {row['estimate_round']}"
    status = f"{row['obs_status']}{estimate}"
    return [f"{row['subject_name']}{code}", str(row["indicator_code"]), clock, printed, status, str(row["locator"])]


def _draw_counts(explanation: Explanation, console: Console) -> None:
    cells = sum(each.cells for each in explanation.left_out)
    counts = [f"rows 行 {len(explanation.rows)}", f"missing 缺失 {explanation.missing}"]
    counts.append(f"statements absent 未见语句 {len(explanation.statements_absent)}" if explanation.is_text
                  else f"cells ignored 不读 {cells}")  # fmt: skip
    console.print()
    console.print(Text(" · ".join(counts), style="bold"))
    _draw_list("left out · 未读", [_left_out(e.what, e.why, e.cells) for e in explanation.left_out], console)
    absent = [" ".join(says.split()) for says in explanation.statements_absent]
    _draw_list("optional statements that this edition lacks · 本版次没有的可选语句", absent, console)


def _left_out(what: str, why: str, cells: int) -> str:
    return f"{what}: {why}" + (f" ({cells} cells)" if cells else "")


def _draw_list(title: str, lines: Iterable[str], console: Console) -> None:
    every = list(lines)
    if every:
        console.print(Text(title))
    for line in every[:_LONGEST]:
        console.print(Text(f"  {line}", style="dim"))
    if len(every) > _LONGEST:
        console.print(Text(f"  … {len(every) - _LONGEST} more · 其余", style="dim"))


def _draw_verdict(explanation: Explanation, console: Console) -> None:
    console.print()
    refusal = explanation.refusal
    if refusal:
        console.print(Text(f"refused · 拒绝: {refusal.place}", style=_ROLES[Role.REFUSED][0]))
        for line in refusal.problem.splitlines():
            style = {"-": "red", "+": "green"}.get(line[:1], "") if line[1:2] == " " else ""
            console.print(Text(f"  {line}", style=style))
        for words in explanation.words_not_printed:
            console.print(Text(f"  “{words}” stands nowhere in the text · 文中没有这些字", style="yellow"))
        return
    if not explanation.rows:
        console.print(Text("holds no row that the document reads · 文档未读出任何行", style="red"))
    if not explanation.has_declared_bytes:
        console.print(Text("holds other bytes than the document names · 字节与文档所记不符", style="red"))
        console.print(Text(f"  - {explanation.edition.sha256}\n  + {explanation.publication_sha256}"))
    if explanation.loads:
        console.print(Text("reads whole · 全部可读", style="green"))
