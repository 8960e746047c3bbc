"""The command `shanhai completeness`: a thin call; heavy imports happen inside."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

_WIDTH_OF_A_FILE = 160  # columns where the output is no terminal


def completeness(
    table: Annotated[str | None, typer.Argument(help="<publisher>/<table>; all when left out · 省略则为全部")] = None,
    on: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Judge as of this day · 判断日")] = None,
    every: Annotated[bool, typer.Option("--all", help="Show what is in order too · 一并显示正常项")] = False,
) -> None:
    """Show what was due and is late, missing or in quarantine; the ledger is asked, never Airflow.

    显示迟到、缺失与隔离中的版次；仅依据台账判断。
    """
    from collections import Counter

    from rich.console import Console
    from rich.table import Table

    from shanhai.completeness.calendar import declare_calendars
    from shanhai.completeness.report import completeness as judged

    declare_calendars()
    due = [each for each in judged(on.date() if on else None) if table in (None, each.table_id)]
    shown = Table("table · 表", "edition or period · 版次或时期", "state · 状态", "publisher · 发布滞后",
                  "we · 装载滞后", "why · 缘由")  # fmt: skip
    for each in due:
        if every or each.state in ("late", "missing", "quarantined"):
            name = each.edition or f"… {each.period_end}"
            shown.add_row(each.table_id, name, each.state, _lag(each.publisher_lag_days, each.publisher_is_late),
                          _lag(each.our_lag_days, each.we_are_late), (each.reason or "")[:200])  # fmt: skip
    console = Console(highlight=False, markup=False)
    if not console.is_terminal:
        console.width = _WIDTH_OF_A_FILE
    if shown.row_count:
        console.print(shown)
    console.print(" · ".join(f"{state} {count}" for state, count in sorted(Counter(e.state for e in due).items())))


def _lag(days: int | None, is_late: bool | None) -> str:
    return "" if days is None else f"{days} d{' late' if is_late else ''}"
