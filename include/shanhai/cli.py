"""The command line `shanhai`: each command is a thin call of one verb; heavy imports happen inside it.

What was foreseen, such as a document with a mistake or a release that is not there, is told in a line and ends with 1.
With SHANHAI_DEBUG set it is shown with its traceback, as is everything that nobody foresaw.
"""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from shanhai.audit.commands import audit_app
from shanhai.completeness.commands import completeness
from shanhai.quarantine.commands import quarantine_app
from shanhai.release.commands import release_app
from shanhai.workbench.commands import edition_app, source_app


class Commands(TyperGroup):
    """All commands, with one way to tell what went wrong."""

    def invoke(self, ctx: Any) -> Any:
        """Run a command; an error of ours, of a value or of a file is a line on stderr."""
        try:
            return super().invoke(ctx)
        except Exception as error:
            is_foreseen = isinstance(error, ValueError | OSError) or type(error).__module__.startswith("shanhai.")
            if not is_foreseen or os.environ.get("SHANHAI_DEBUG"):
                raise
            typer.echo(str(error), err=True)
            raise typer.Exit(1) from None


app = typer.Typer(
    name="shanhai",
    cls=Commands,
    help="The mountain-county statistics warehouse.\n\n山海仓：山区县统计数据仓库。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
)
app.add_typer(source_app, name="source")
app.add_typer(edition_app, name="edition")
app.add_typer(release_app, name="release")
app.add_typer(quarantine_app, name="quarantine")
app.command()(completeness)
app.add_typer(audit_app, name="audit")


class RoleName(StrEnum):
    """The accounts of the warehouse."""

    OWNER = "owner"
    PIPELINE = "pipeline"
    ENGINEER = "engineer"
    AUDITOR = "auditor"
    READER = "reader"


@app.command()
def run() -> None:
    """Load what is new, build, test and promote the marts, print a summary.

    装载新版次，构建、检验并发布集市，输出摘要。
    """
    from shanhai.platform import job

    raise typer.Exit(job.run())


@app.command()
def up() -> None:
    """Start Postgres and Airflow and leave them running; print addresses and log-ins.

    启动数据库与 Airflow 并保持运行，显示地址与登录信息。
    """
    from shanhai.platform import overview, servers

    servers.keep()
    servers.start()
    overview.print_addresses()


@app.command()
def down() -> None:
    """Stop everything that `up` or a killed `run` left running.

    停止所有服务。
    """
    from shanhai.platform import servers

    servers.release()
    servers.stop()


@app.command()
def status() -> None:
    """Show which servers run, and where.

    显示各服务的状态与地址。
    """
    from shanhai.platform import overview

    overview.print_status()


@app.command()
def dsn(
    role: Annotated[RoleName, typer.Option(help="As whom to connect · 以何种身份连接")] = RoleName.READER,
) -> None:
    """Print an address for psql or any Postgres client; it contains the password.

    输出 psql 可用的连接地址(含密码)。
    """
    from shanhai import settings

    url = settings.warehouse_url(role.value)
    typer.echo(url.set(drivername="postgresql").render_as_string(hide_password=False))


@app.command()
def migrate() -> None:
    """Bring the warehouse to the schema of this code; makes the accounts that are missing.

    将数据库迁移到当前版本，并创建所需账户。
    """
    from shanhai.warehouse import migrate as migrations

    typer.echo("migrated · 已迁移" if migrations.upgrade() else "nothing to migrate · 无需迁移")


@app.command()
def load(
    table: Annotated[str | None, typer.Argument(help="<publisher>/<table>; all when left out · 省略则为全部")] = None,
) -> None:
    """Load the pending editions without Airflow, for work on documents; stops at the first that is not accepted.

    不经 Airflow 装载待处理的版次，便于编写文档时使用。
    """
    from shanhai.completeness.calendar import declare_calendars
    from shanhai.library import Library
    from shanhai.load import load_edition
    from shanhai.pending import pending_editions
    from shanhai.workbench.lookup import find_source

    if table:
        find_source(table, Library.open())
    declare_calendars()
    for each in pending_editions():
        if table in (None, each.key.table_id):
            load_id = load_edition(each.key)
            typer.echo(f"{each.key.table_id} {each.key.edition}: load {load_id} accepted · 已接受")


@app.command()
def explain(
    target: Annotated[str, typer.Argument(help="A mart, or a division's code or name · 集市名，或区划代码、名称")],
    indicator: Annotated[str | None, typer.Argument(help="With a division: the indicator · 指标")] = None,
    period: Annotated[str | None, typer.Argument(help="With a division: the period · 时期")] = None,
    column: Annotated[str | None, typer.Option(help="With a mart: the column · 列")] = None,
    county: Annotated[str | None, typer.Option(help="Name or code · 县名或代码")] = None,
    year: Annotated[str | None, typer.Option(help="Year · 年份")] = None,
    key: Annotated[list[str] | None, typer.Option(help="column=value, as often as needed · 其他键")] = None,
) -> None:
    """Follow a number back to the printed characters.

    `shanhai explain 331125 gdp 2022` or
    `shanhai explain marts.mart_county_profiles --county 云和 --year 2022 --column gdp_cny`

    追溯一个数字至印刷原文。
    """
    from shanhai.explain import cells, figures
    from shanhai.library import Library

    library = Library.open()
    told: list[str] = []
    if indicator and period:
        told = [vintage.told(library) for vintage in figures.vintages(target, indicator, period)]
    elif column:
        keys = cells.keys_from_words(target, county, year, key or [])
        told = [node.told(library) for node in cells.explain_cell(target, keys, column)]
    else:
        raise typer.BadParameter("name an indicator and a period, or a mart's --column · 请给出指标与时期，或集市的列")
    for each in told:
        typer.echo(each)
    if not told:
        typer.echo("not published, or not in the current release · 未公布或不在当前发布中", err=True)
        raise typer.Exit(1)


ledger_app = typer.Typer(help="What happened, sealed entry by entry. 链式台账。", no_args_is_help=True)
app.add_typer(ledger_app, name="ledger")


@ledger_app.command()
def verify(
    key: Annotated[str | None, typer.Option(help="Check sign-offs with this public key · 以公钥校验签署")] = None,
) -> None:
    """Walk the hash chain of the ledger and compare it with the rows; names the first entry that was altered.

    校验台账的哈希链,指出首个被改动的条目。
    """
    from shanhai import ledger

    verified = ledger.verify(public_key=key)
    signed = f", {verified.signed_entries} signed · 已签署" if key else ""
    typer.echo(f"{verified.entries} entries hold · 条目完好{signed}  {verified.head_sha256}")


@ledger_app.command()
def export(
    path: Path,
    rows: Annotated[
        Path | None, typer.Option(help="Also the rows that entries seal as sets · 另导出封存的行集")
    ] = None,
) -> None:
    """Write the ledger as lines of JSON; `python include/shanhai/seal.py PATH` checks it without a warehouse.

    导出台账;可用 seal.py 离线校验。
    """
    from shanhai import ledger

    typer.echo(f"{ledger.export(path, rows=rows).entries} entries · 条目")


@ledger_app.command("sign-off")
def sign_off(
    statement: Annotated[str, typer.Argument(help="What you say of it · 签署意见")],
    release: Annotated[int | None, typer.Option(help="Of which release; else of the ledger · 发布编号")] = None,
) -> None:
    """Verify the ledger, sign its head with the installation's key and keep the signature in it.

    校验台账后签署其链首，签名记入台账。
    """
    from shanhai import signing

    made = signing.sign_off(statement, release)
    typer.echo(f"sign-off {made.sign_off_id}: {made.entries} entries, head {made.head_sha256} · 已签署")
    typer.echo(f"public key · 公钥  {made.public_key}")
