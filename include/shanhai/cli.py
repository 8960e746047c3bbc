"""The command line `shanhai`: each command is a thin call of one verb; heavy imports happen inside it."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

app = typer.Typer(
    name="shanhai",
    help="The mountain-county statistics warehouse.\n\n山海仓:山区县统计数据仓库。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
)


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

    装载新版次,构建、检验并发布集市,输出摘要。
    """
    from shanhai.platform import job

    raise typer.Exit(job.run())


@app.command()
def up() -> None:
    """Start Postgres and Airflow and leave them running; print addresses and log-ins.

    启动数据库与 Airflow 并保持运行,显示地址与登录信息。
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

    try:
        url = settings.warehouse_url(role.value)
    except settings.SettingsError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    typer.echo(url.set(drivername="postgresql").render_as_string(hide_password=False))
