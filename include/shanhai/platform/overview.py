"""What a person is told about the servers: which run, where they are, and how to log in."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from shanhai import settings
from shanhai.platform import airflow_configuration, postgres, services


def print_addresses(console: Console | None = None) -> None:
    """Print the addresses and log-ins of running servers, for the eyes of the person who started them."""
    console = console or Console()
    console.print(f"\n[bold]Airflow[/]  {airflow_configuration.base_url()}", highlight=False)
    table = Table("log-in · 用户", "password · 密码", "role · 角色")
    for user, role in airflow_configuration.USERS.items():
        table.add_row(user, airflow_configuration.password(user), role)
    console.print(table)
    address = settings.warehouse_url("reader").render_as_string(hide_password=True)
    console.print(f"[bold]Postgres[/]  {address}", highlight=False, soft_wrap=True)
    console.print("          shanhai dsn --role reader|engineer|auditor prints it with the password · 含密码的地址")
    console.print("Stop with `make down` · 用 make down 停止")


def print_status(console: Console | None = None) -> None:
    """Print which servers run."""
    console = console or Console()
    table = Table("server · 服务", "state · 状态")
    if settings.uses_embedded_server():
        table.add_row("postgres", _state(postgres.is_running()))
    else:
        table.add_row("postgres", settings.server_address().render_as_string(hide_password=True))
    for name, is_running in services.are_running().items():
        table.add_row(f"airflow {name}", _state(is_running))
    console.print(table)


def _state(is_running: bool) -> str:
    return "[green]running · 运行中[/]" if is_running else "stopped · 已停止"
