"""What a check reads: the facts that were known on a day, the marts of a release, the registers of this code.

Every relation enters a query as a common table expression under the name that the check's document gives it. So the
query of a check never knows whether it reads the warehouse or the rows of a worked case.
"""

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from psycopg import sql
from psycopg.types.json import Jsonb

from shanhai import settings
from shanhai.audit.quarter import Quarter

FACTS = "marts.fct_observations"
# The planner cannot know how many facts were known on a day; where it guesses few, loops over all of them would follow.
PLANNING = "set local enable_nestloop = off"

# The same subject, indicator, period and accumulation: what `vintage_rank` ranks in the marts, ranked anew among what
# was known on the day. A figure whose day of publication is not printed was not known before the last period that its
# edition reports had ended; that is the earliest day it can have been published.
_KNOWN = """
select
    dated.*,
    power(10::numeric, dated.unit_mult - coalesce(dated.decimals, 0)) as printed_step,
    row_number() over (
        partition by dated.subject_kind, coalesce(dated.division_code, dated.subject_name), dated.counterpart_name,
            dated.indicator_code, dated.freq, dated.time_period, dated.accum, dated.period_start, dated.period_end
        order by dated.vintage_rank
    ) as known_rank
from (
    select
        figures.*,
        coalesce(
            figures.published_on,
            max(figures.period_end) filter (where figures.obs_status <> 'F')
                over (partition by figures.table_id, figures.edition),
            figures.loaded_at::date
        ) as known_from
    from {figures} as figures
) as dated
cross join clock
where dated.known_from <= clock.as_of
"""


@dataclass(frozen=True)
class Clock:
    """The day as of which the audit looks, and the quarter it is about; no other clock enters a result."""

    quarter: Quarter
    as_of: date

    @classmethod
    def of(cls, quarter: Quarter, as_of: date | None = None) -> "Clock":
        """The clock of a quarter's audit: as of the day of its freeze, unless another day is given."""
        return cls(quarter, as_of or quarter.due("freeze"))


Source = Callable[[str, str], sql.Composable]


def register_now(relation: str) -> str:
    """The text of a register of this code, `seeds/<name>`, as it stands now."""
    return (settings.DBT_PROJECT / f"{relation}.csv").read_text(encoding="utf-8")


def composed(
    query: str, reads: Mapping[str, str], clock: Clock, source: Source, outer: str,
    register: Callable[[str], str] = register_now,
) -> tuple[sql.Composed, dict[str, Any]]:  # fmt: skip
    """`outer` over the check's query as `tested`, with every relation it reads; and the parameters.

    `register` gives the text of a register that the query reads.
    """
    parameters: dict[str, Any] = {
        "as_of": clock.as_of, "quarter_start": clock.quarter.start, "quarter_end": clock.quarter.end
    }  # fmt: skip
    parts: list[sql.Composable] = [
        sql.SQL(
            "clock as (select %(as_of)s::date as as_of, %(quarter_start)s::date as quarter_start,"
            " %(quarter_end)s::date as quarter_end)"
        )
    ]
    for name, relation in reads.items():
        is_register = relation.startswith("seeds/")
        body = _seed(name, register(relation), parameters) if is_register else source(name, relation)
        if relation == FACTS:
            body = sql.SQL(_KNOWN).format(figures=sql.SQL("({})").format(body))
        parts.append(sql.SQL("{} as ({})").format(sql.Identifier(name), body))
    # Documents of this project are SQL text by design; nothing of a publication enters them.
    parts.append(sql.SQL("tested as ({})").format(_text(query)))
    statement = sql.SQL("with {} {}").format(sql.SQL(", ").join(parts), _text(outer))
    return statement, parameters


def warehouse_source(_name: str, relation: str) -> sql.Composable:
    """The relation as it stands in the warehouse."""
    return sql.SQL("select * from {}").format(sql.Identifier(*relation.split(".")))


def _text(statement: str) -> sql.SQL:
    return sql.SQL(statement.replace("%", "%%"))


def _seed(name: str, text: str, parameters: dict[str, Any]) -> sql.Composable:
    """A register of this code, all of it text, as the release's own build reads it."""
    reader = csv.DictReader(text.splitlines())
    rows = list(reader)
    columns = list(reader.fieldnames or [])
    parameters.setdefault(f"seed_{name}", Jsonb(rows))
    return sql.SQL("select * from jsonb_to_recordset({}) as seed ({})").format(
        sql.Placeholder(f"seed_{name}"),
        sql.SQL(", ").join(sql.SQL("{} text").format(sql.Identifier(column)) for column in columns),
    )
