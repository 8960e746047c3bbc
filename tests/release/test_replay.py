"""Any past day, asked for by either clock, is what a warehouse would hold that had been given no more, row for row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from psycopg import Connection, sql
from tests.conftest import ReleasedWarehouse, own_database
from tests.release.compiled_project import Model, build, compiled, compiled_inline, needed, readdressed, rows_md5

from shanhai import settings
from shanhai.release.dbt_commands import CANDIDATE_SCHEMA
from shanhai.warehouse.connection import connect, scalar
from shanhai.warehouse.tables import staging_relations

HISTORY = "fct_observation_history"
# The sources of a warehouse that was given less: those of ops and staging up to a day.
PAST = {"ops": "past_ops", "staging": "past_staging"}
# How the sources were on a day: by the clock of the warehouse, what had happened; by that of publishers, what they had
# said, and what prints no date cannot have been said before the period it tells of had ended.
LOADS = {
    "loaded": "loaded_at < %(moment)s",
    "published": "coalesce(coalesce(published_on, period_end) <= %(moment)s::date, true)",
}
HAPPENED = {"verdicts": "decided_at", "decisions": "decided_at", "refusals": "refused_at"}
STAGED = """
create table past_staging.{relation} as
select staged.* from staging.{relation} as staged inner join past_ops.loads on staged.load_id = loads.load_id
"""
# Of two editions: issue, rows that are gone, rows whose value is another. All of it is made up.
AGAIN = [
    (0, 2, "row_number <= 3", "row_number = 4"),
    (1, 2, "row_number = 1", "row_number = 2"),
    (1, 3, "row_number = 3", "row_number = 4"),
    (0, 3, "false", "row_number = 5"),
]
# The one of them that is accepted for a while only.
TAKEN_BACK = 2
SAID = "where coalesce(coalesce(staged.published_on, loads.published_on, staged.period_end) <= %(moment)s::date, true)"


@dataclass(frozen=True)
class Past:
    """The copy of the released warehouse, and the schema of its release, which holds the seeds."""

    connection: Connection
    seeds: str


@pytest.fixture(scope="module")
def past(released_warehouse: ReleasedWarehouse) -> Iterator[Past]:
    """A copy in which two publications came again with other bytes: a figure changed, figures gone, figures back.

    One of those loads was accepted for a while only.
    """
    with own_database("replayed", settings.WAREHOUSE_DATABASE), connect() as connection:
        seeds = str(scalar(connection, "select schema_name from ops.releases order by release_id desc limit 1"))
        firsts = connection.execute(
            "select load_id from ops.accepted_loads where relation = 'observations' and is_latest "
            "order by published_on nulls last, load_id limit 2"
        ).fetchall()
        loads = [
            issue_again(connection, firsts[which][0], issue, gone, changed) for which, issue, gone, changed in AGAIN
        ]
        judge(connection, loads[TAKEN_BACK], is_accepted=False)
        yield Past(connection, seeds)


def issue_again(connection: Connection, load_id: int, issue: int, gone: str, changed: str) -> int:
    """Stage an edition again as bytes of its own, without some of its rows and with some values doubled; made up."""
    names = {"load": load_id, "issue": issue, "digest": f"{issue}{load_id:063d}"}
    connection.execute(
        "insert into ops.publications select %(digest)s, publisher_id, file_name, carrier, byte_count, origin "
        "from ops.publications where publication_sha256 = (select publication_sha256 from ops.loads "
        "where load_id = %(load)s)", names,
    )  # fmt: skip
    new = scalar(connection, "select nextval(pg_get_serial_sequence('ops.loads', 'load_id'))")
    connection.execute(
        "insert into ops.loads select (jsonb_populate_record(loads, jsonb_build_object('load_id', %(new)s::bigint, "
        "'issue', %(issue)s::integer, 'publication_sha256', %(digest)s::text, 'loaded_at', clock_timestamp()))).* "
        "from ops.loads where load_id = %(load)s", names | {"new": new},
    )  # fmt: skip
    statement = """
    insert into staging.observations
    select (jsonb_populate_record(
        o, jsonb_build_object('load_id', %(new)s::bigint, 'value', case when {changed} then value * 2 else value end)
    )).*
    from staging.observations as o where load_id = %(load)s and not ({gone})
    """
    connection.execute(
        sql.SQL(statement).format(changed=sql.SQL(changed), gone=sql.SQL(gone)),  # type: ignore[arg-type]
        names | {"new": new},
    )
    judge(connection, new, is_accepted=True)
    return int(new)


def judge(connection: Connection, load_id: int, *, is_accepted: bool) -> None:
    """Give a load another verdict and commit, so that each has a moment of its own."""
    connection.execute(
        "insert into ops.verdicts (load_id, is_accepted, reason, expectations_declared, expectations_run, results, "
        "decided_at) values (%s, %s, 'made up', 1, 1, '[]', clock_timestamp())",
        (load_id, is_accepted),
    )
    connection.commit()


def give_no_more(connection: Connection, clock: str, moment: str, relations: tuple[str, ...]) -> None:
    """Make the sources of a warehouse that was given no more than was there by the moment."""
    for schema in PAST.values():
        connection.execute(sql.SQL("drop schema if exists {} cascade").format(sql.Identifier(schema)))
        connection.execute(sql.SQL("create schema {}").format(sql.Identifier(schema)))
    asked = {"moment": moment}
    connection.execute("create table past_ops.publications as select * from ops.publications")
    # Every name is one of this module's own.
    loads = "create table past_ops.loads as select * from ops.loads where " + LOADS[clock]  # noqa: S608
    connection.execute(loads, asked)  # type: ignore[arg-type]
    for table, happened in HAPPENED.items():
        only = f"where {happened} < %(moment)s" if clock == "loaded" else ""
        statement = f"create table past_ops.{table} as select * from ops.{table} {only}"  # noqa: S608
        connection.execute(statement, asked if only else None)  # type: ignore[arg-type]
    for relation in relations:
        dated = SAID if clock == "published" and relation == "observations" else ""
        connection.execute(STAGED.format(relation=relation) + dated, asked if dated else None)  # type: ignore[arg-type]


def days(connection: Connection, clock: str) -> list[str]:
    """Every moment at which something new was known, or every day on which something new was said."""
    statement = {
        "loaded": "select distinct (decided_at + interval '1 microsecond')::text from ops.verdicts "
                  "inner join ops.loads using (load_id) where relation = 'observations' order by 1",
        "published": "select distinct coalesce(o.published_on, l.published_on, l.period_end)::text "
                     "from ops.loads as l inner join staging.observations as o using (load_id) "
                     "where coalesce(o.published_on, l.published_on, l.period_end) is not null order by 1",
    }[clock]  # fmt: skip
    return [row[0] for row in connection.execute(statement).fetchall()]  # type: ignore[arg-type]


def test_the_history_of_every_day_that_publishers_spoke_on(past: Past) -> None:
    asked, held = needed(compiled("published"), [HISTORY]), needed(compiled(None), [HISTORY])
    hashes = []
    for day in days(past.connection, "published"):
        build(past.connection, asked, "as_of", past.seeds, day=("published", day))
        give_no_more(past.connection, "published", day, ("observations",))
        build(past.connection, held, "held", past.seeds, sources=PAST)
        hashes.append(rows_md5(past.connection, "as_of", HISTORY))
        assert hashes[-1] == rows_md5(past.connection, "held", HISTORY), day
    assert len(hashes) > 20
    assert len(set(hashes)) > 20, "most days bring nothing"


def test_the_history_of_a_moment_is_what_had_grown_from_loads_until_then(past: Past) -> None:
    """Loads are taken in three at a time, as by a release; those that came again one by one."""
    every = days(past.connection, "loaded")
    made_up = len(AGAIN) + 1
    moments = [*every[:-made_up][::3], *every[-made_up:]]
    asked = needed(compiled("loaded"), [HISTORY])
    *before, whole = needed(compiled(None), [HISTORY])
    grows = growing(past)
    assert grows.code != whole.code
    hashes = []
    for moment in moments:
        build(past.connection, asked, "as_of", past.seeds, day=("loaded", moment))
        give_no_more(past.connection, "loaded", moment, ("observations",))
        build(past.connection, before, "held", past.seeds, sources=PAST)
        if hashes:
            grow(past, before, grows)
        else:
            build(past.connection, [whole], "grown", "held")
        hashes.append(rows_md5(past.connection, "as_of", HISTORY))
        assert hashes[-1] == rows_md5(past.connection, "grown", HISTORY), moment
    assert len(hashes) == len(set(hashes)) > 15
    kinds = past.connection.execute("select change_kind, count(*) from grown.fct_observation_history group by 1")
    assert dict(kinds.fetchall()).keys() == {"new", "revised", "confirmed", "withdrawn"}


def growing(past: Past) -> Model:
    """The history's SQL as dbt runs it on a table that is there already."""
    table = sql.Identifier(CANDIDATE_SCHEMA, HISTORY)
    past.connection.execute(sql.SQL("create schema if not exists {}").format(sql.Identifier(CANDIDATE_SCHEMA)))
    past.connection.execute(sql.SQL("drop table if exists {}").format(table))
    origin = sql.Identifier(past.seeds, HISTORY)
    past.connection.execute(sql.SQL("create table {} (like {})").format(table, origin))
    past.connection.commit()
    (model,) = [each for each in compiled(None, HISTORY, full_refresh=False) if each.name == HISTORY]
    return model


def grow(past: Past, before: list[Model], model: Model) -> None:
    """Let the history take in what is new, as the materialization of dbt does: its hook, then insert."""
    made = [each.name for each in before]
    forget = compiled_inline(
        f"{{{{ forget_editions_counted_otherwise(ref('{HISTORY}'), ref('int_observation_loads')) }}}}"
    )
    grown = f'"grown"."{HISTORY}"'
    for statement in (forget, f"insert into {grown} {model.code}"):
        code = statement.replace(f'"{CANDIDATE_SCHEMA}"."{HISTORY}"', grown)
        past.connection.execute(readdressed(code, made, "held", past.seeds, sources=PAST))


@pytest.mark.parametrize(("clock", "share"), [("published", 0.95), ("loaded", 0.8)])
def test_every_relation_of_a_past_day(past: Past, clock: str, share: float) -> None:
    asked, held = compiled(clock), compiled(None)
    every = days(past.connection, clock)
    day = every[int(len(every) * share)]
    build(past.connection, asked, "as_of", past.seeds, day=(clock, day))
    give_no_more(past.connection, clock, day, tuple(staging_relations))
    build(past.connection, held, "held", past.seeds, sources=PAST)
    counts = {}
    for model in held:
        counts[model.name], _ = found = rows_md5(past.connection, "as_of", model.name)
        assert found == rows_md5(past.connection, "held", model.name), (model.name, day)
    assert len(counts) > 80
    assert sum(count > 0 for count in counts.values()) > 40, counts
