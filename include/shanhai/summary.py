"""What the main job leaves on screen: loads, figures, marts, three headlines with their publications, seconds."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from psycopg import Connection
from rich.console import Console
from rich.table import Table

from shanhai.library import Library
from shanhai.pending import edition_states
from shanhai.release import promotion
from shanhai.warehouse.connection import connect

_FIGURES = """
select publisher_id, count(distinct (table_id, edition)), sum(rows_staged)
from ops.loads inner join ops.accepted_loads using (load_id, publisher_id, table_id, edition)
where accepted_loads.is_latest group by publisher_id order by publisher_id
"""

# Printed figures whose meaning everybody knows; each is read from the fact it stands in.
_HEADLINES = (
    ("浙江省 GDP 2024", "330000", "gdp", "2024"),
    ("云和县 GDP 2022", "331125", "gdp", "2022"),
    ("浙川共建产业园区实际到位投资 2021年 paid-in investment", None, "paid_in_investment", "2021"),
)
_HEADLINE = """
select facts.printed, facts.unit_printed, facts.estimate_round, publications.title, facts.locator
from marts.fct_observations as facts
inner join marts.dim_publications as publications using (load_id)
where facts.indicator_code = %(indicator)s and facts.time_period = %(period)s
    and (facts.division_code = %(division)s or (%(division)s::text is null and facts.division_code is null))
order by facts.vintage_rank limit 1
"""


@dataclass(frozen=True)
class Loaded:
    """How many loads of this run were accepted and how many were already there."""

    accepted: int
    unchanged: int


def print_summary(loaded: Loaded, seconds: Mapping[str, float], console: Console | None = None) -> None:
    """Print the summary in English and Chinese."""
    console = console or Console()
    states = Counter(each.state for each in edition_states(Library.open()))
    console.print(
        f"\n[bold]Loads · 装载[/]  accepted 接受 {loaded.accepted} · "
        f"rejected 拒绝 {states['rejected'] + states['refused']} · unchanged 未变 {loaded.unchanged}"
    )
    with connect() as connection:
        console.print(_publishers(connection))
        console.print(_marts())
        for line in _headlines(connection):
            console.print(line)
    phases = " · ".join(f"{name} {value:.1f}" for name, value in seconds.items())
    console.print(f"\n[bold]Seconds · 用时[/]  {phases} · total 合计 {sum(seconds.values()):.1f}")
    console.print(
        "[bold]Where to look next · 接下来[/]  `make up` then Airflow's page · "
        '`psql "$(.venv/bin/shanhai dsn --role reader)"` then `select * from marts.mart_county_profiles`'
    )


def _publishers(connection: Connection) -> Table:
    names = Library.open().catalogue.publishers
    table = Table("publisher · 发布者", "editions · 版次", "figures and rows · 数字与行")
    for publisher_id, editions, rows in connection.execute(_FIGURES):
        name = names[publisher_id].name if publisher_id in names else None
        table.add_row(f"{name.zh} {name.en}" if name else publisher_id, str(editions), str(rows))
    return table


def _marts() -> Table:
    release = promotion.current()
    title = f"release {release.release_id} · 发布" if release else "no release · 尚无发布"
    table = Table(title, "rows · 行")
    for relation, content in sorted((release.relations if release else {}).items()):
        table.add_row(f"marts.{relation}", str(content["rows"]))
    return table


def _headlines(connection: Connection) -> list[str]:
    lines = ["\n[bold]Headlines · 要数[/]"]
    for name, division, indicator, period in _HEADLINES:
        row = connection.execute(_HEADLINE, {"division": division, "indicator": indicator, "period": period}).fetchone()
        if row is None:
            lines.append(f"  {name}: not published · 未公布")
        else:
            printed, unit, estimate_round, title, locator = row
            amount = printed if unit and printed.endswith(unit) else f"{printed} {unit or ''}"
            lines.append(f"  {name}: [green]{amount}[/] ({estimate_round})  — {title}, {locator}")
    return lines
