"""The commands `shanhai quarantine`: thin calls of the workbench; heavy imports happen inside."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from shanhai.quarantine.decisions import Action

quarantine_app = typer.Typer(
    help="Loads that did not pass their gate. 隔离区：未通过校验的装载。", no_args_is_help=True
)

_WIDTH_OF_A_FILE = 160  # columns where the output is no terminal

Load = Annotated[int, typer.Argument(metavar="LOAD", help="Number of the load · 装载编号")]
Owner = Annotated[str, typer.Option(help="Who answers for it · 责任人")]
Reason = Annotated[str, typer.Option(help="Why, in a sentence · 理由")]
DATE = ["%Y-%m-%d"]


@quarantine_app.command("list")
def list_waiting() -> None:
    """List what waits, with owner, age and day due; exit code 1 when something is overdue or a waiver does not hold.

    列出隔离中的装载及其责任人、时长与期限；有逾期，或豁免到期、有误时退出码为 1。
    """
    from rich.console import Console
    from rich.table import Table

    from shanhai.quarantine.standing import problems
    from shanhai.quarantine.waiting import red_waivers, waiting_loads

    waiting, red = waiting_loads(), [*red_waivers(), *problems()]
    table = Table("load · 装载", "edition · 版次", "age · 天", "due · 期限", "owner · 责任人", "why · 缘由")
    for each in waiting:
        due = f"{each.due_on} overdue · 逾期" if each.is_overdue else str(each.due_on)
        owner = f"{each.owner} (asked · 已询)" if each.decision == "ask" else each.owner
        name = f"{each.table_id} {each.edition}" + (f" issue {each.issue}" if each.issue > 1 else "")
        table.add_row(str(each.load_id), name, str(each.age_days), due, owner, each.reason[:300])
    console = Console(highlight=False, markup=False)
    if not console.is_terminal:
        console.width = _WIDTH_OF_A_FILE
    console.print(table if waiting else "nothing in quarantine · 隔离区为空")
    for line in red:
        console.print(line)
    raise typer.Exit(1 if red or any(each.is_overdue for each in waiting) else 0)


@quarantine_app.command()
def show(load: Load, rows: Annotated[int, typer.Option(min=1, help="Rows to show · 显示行数")] = 20) -> None:
    """Show the failing rows beside the printed cells, with what was accepted for them before.

    并列显示未通过的行与印刷原文，以及此前已接受的值。
    """
    from shanhai.quarantine.evidence import failures, objections
    from shanhai.quarantine.waiting import decisions_on

    typer.echo(f"load {load}: {objections(load)}\n")
    for each in failures(load, limit=rows):
        key = " ".join(f"{name}={value}" for name, value in each.keys.items() if value is not None)
        typer.echo(f"{each.expectation_id} [{each.severity}] {each.rule_en} · {each.rule_zh}")
        typer.echo(f"  row      {key}")
        typer.echo(f"  found    {each.found}")
        if each.locator:
            typer.echo(f"  printed  {each.printed!r} at {each.locator} · 印刷原文")
        if each.waiver_id:
            typer.echo(f"  waived   by waiver {each.waiver_id} · 已豁免")
        for before in each.history:
            label = "accepted" if before is each.history[0] else "before  "
            typer.echo(
                f"  {label} {before.says or before.locator}  edition {before.edition}, "
                f"published {before.published_on or '?'}, load {before.load_id}"
            )
        if each.locator and not each.history:
            typer.echo("  accepted nothing before · 此前无已接受的值")
    for decision in decisions_on(load):
        until = f", until {decision.due_on}" if decision.due_on else ""
        typer.echo(
            f"decided  {decision.action} by {decision.decided_by} ({decision.decided_through}) "
            f"on {decision.decided_at:%Y-%m-%d}: {decision.reason}; owner {decision.owner}{until}"
        )


@quarantine_app.command("waiver-schema")
def waiver_schema() -> None:
    """Print the JSON Schema of waiver documents, for editors.

    输出豁免文档的 JSON Schema，供编辑器使用。
    """
    import json

    from shanhai.documents import schema

    typer.echo(json.dumps(schema.waiver_schema(), ensure_ascii=False, indent=2))


@quarantine_app.command()
def reject(load: Load, owner: Owner, reason: Reason) -> None:
    """Keep the load out for good; its bytes and rows stay.

    拒绝该装载；其字节与行仍予保留。
    """
    _decide(load, "reject", owner, reason)


@quarantine_app.command()
def accept(
    load: Load,
    owner: Owner,
    reason: Reason,
    expires: Annotated[datetime, typer.Option(formats=DATE, help="Last day of the waiver · 豁免到期日")],
) -> None:
    """Waive exactly the failing keys until a day, and let the gate judge again; whoever loaded it cannot.

    对未通过的键给予限期豁免并重新校验；装载人不得自行批准。
    """
    _decide(load, "accept", owner, reason, expires)


@quarantine_app.command()
def ask(
    load: Load,
    owner: Owner,
    reason: Reason,
    due: Annotated[datetime, typer.Option(formats=DATE, help="Day by which an answer is due · 答复期限")],
) -> None:
    """Record that the publisher was asked, by whom and until when; the load stays in quarantine.

    记录已向发布者询问；该装载仍在隔离中。
    """
    _decide(load, "ask", owner, reason, due)


def _decide(load: int, action: Action, owner: str, reason: str, day: datetime | None = None) -> None:
    from shanhai.quarantine.decisions import decide

    due_on = day.date() if day else None
    decision_id = decide(load, action, owner=owner, reason=reason, due_on=due_on, role="engineer")
    typer.echo(f"decision {decision_id}: {action} load {load} · 已记录")
