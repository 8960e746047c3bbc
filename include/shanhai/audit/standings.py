"""How things stand on the day of a run and tomorrow no more: county coverage, calendar, waivers, quarantine."""

from typing import Any

from psycopg import Connection, sql
from psycopg.rows import dict_row

from shanhai.audit.scope import Clock, composed, warehouse_source
from shanhai.warehouse.connection import scalar

# Figures of the three years to the quarter's end: an older census would hide the gaps of later years.
_COUNTY_READS = {
    "members": "marts.dim_list_membership", "divisions": "marts.dim_divisions", "observations": "marts.fct_observations"
}  # fmt: skip
_COUNTIES = """
select
    members.division_code as item, divisions.name_zh, divisions.prefecture_name, false as is_failure,
    count(observations.observation_key) as "left", count(distinct observations.indicator_code) as "right"
from members
inner join divisions on members.division_code = divisions.division_code and divisions.is_current
cross join clock
left join observations
    on members.division_code = observations.division_code and observations.known_rank = 1
        and observations.value is not null and observations.period_end > clock.quarter_end - interval '3 years'
where members.list_code = 'original_26'
group by members.division_code, divisions.name_zh, divisions.prefecture_name
"""
_NO_PAIR = {"left": None, "right": None, "is_failure": False}


def county_coverage(connection: Connection, clock: Clock) -> list[dict[str, Any]]:
    """How many figures and indicators of each of the 26 counties were known on the day; a county of none is shown."""
    statement, parameters = composed(
        _COUNTIES, _COUNTY_READS, clock, warehouse_source, "select * from tested order by item"
    )
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(statement, parameters).fetchall()


def standings(connection: Connection) -> dict[str, tuple[str, list[dict[str, Any]]]]:
    """What calendar, waivers and quarantine say on the day of the run, kept because tomorrow they differ."""
    found = {}
    for kind, check_id in (("completeness", "K04"), ("waiver_standing", "K05"), ("quarantine", "S01")):
        if scalar(connection, "select to_regclass(%s) is null", (f"ops.{kind}",)):
            continue
        statement = sql.SQL("select to_jsonb(row) from {} as row").format(sql.Identifier("ops", kind))
        rows = [row for (row,) in connection.execute(statement)]
        found[kind] = (check_id, [{**row, "item": _named(row), **_NO_PAIR} for row in rows])
    return found


def _named(row: dict[str, Any]) -> str:
    """What a row is about, of those of its columns that say so."""
    names = ("table_id", "edition", "load_id", "waiver_id", "expectation_id", "period", "time_period")
    return " ".join(str(row[name]) for name in names if row.get(name) is not None)
