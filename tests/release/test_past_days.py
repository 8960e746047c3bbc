"""A past day can be had again: what was known then, or published by then, whatever came later."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml
from psycopg import sql

from shanhai import settings
from shanhai.documents.catalogue import Catalogue
from shanhai.library import Library
from shanhai.load import EditionKey, load_edition
from shanhai.release.as_of import NoSuchDayError, build_as_of, drop_as_of, past_schemas
from shanhai.release.candidate import alone, start_anew
from shanhai.release.content import Seal
from shanhai.release.dbt_build import build_models, parse
from shanhai.release.dbt_commands import CANDIDATE_SCHEMA, AsOf, BuildError
from shanhai.release.starts import reasons_of
from shanhai.warehouse.connection import connect, scalar

PROVINCE = "zhejiang_bureau_of_statistics/communique"
# What a figure needs to be built, and what is asked of it here; the rest of the project would be built for nothing.
BUILT = ("fct_observation_history", "fct_observations", "dim_publications", "mart_revisions")
# Values with their receipts.
CELLS = ("mart_division_figures", "fct_metrics", "fct_observation_history")
# Every column that tells when and in which order something was loaded differs from warehouse to warehouse.
RUN = {"load_id", "loaded_at", "accepted_at"}
GDP_2023 = """
select value / 1e8, estimate_round, change_kind from {}.fct_observation_history
where division_code = '330000' and indicator_code = 'gdp' and time_period = '2023' and accum = 'YTD'
order by load_id
"""


def contents(schema: str) -> dict[str, Any]:
    """Relation → hash of its rows without what a run brings."""
    found = {}
    with connect() as connection:
        for relation in BUILT:
            found[relation] = scalar(
                connection,
                sql.SQL(
                    "select md5(string_agg(row::text, '' order by row::text)) "
                    "from (select to_jsonb(t) - {}::text[] as row from {} as t) as rows"
                ).format(sql.Literal(sorted(RUN)), sql.Identifier(schema, relation)),
            )
    # Only what is revised has rows in the triangle of revisions; everything else must.
    assert all(value for relation, value in found.items() if relation != "mart_revisions"), found
    return found


def gdp_of_2023(schema: str) -> list[tuple[Any, ...]]:
    with connect() as connection:
        return connection.execute(sql.SQL(GDP_2023).format(sql.Identifier(schema))).fetchall()


@pytest.fixture(scope="module")
def replayed(scratch_warehouse: None) -> dict[str, Any]:
    """A warehouse that grows by one load at a time: what it held each time, built from what was there."""
    kept: dict[str, Any] = {"moments": [], "replays": []}
    with connect() as connection, alone(connection):
        start_anew(connection)
    for table_id, edition in (
        ("ministry_of_civil_affairs/divisions", "2024"), (PROVINCE, "2023"), (PROVINCE, "2024"),
    ):  # fmt: skip
        load_edition(EditionKey(table_id, edition))
        with connect() as connection:
            kept["moments"].append(scalar(connection, "select clock_timestamp()::text"))
        if table_id == PROVINCE:
            # The second time the history is there already and takes in the new load only.
            build_models(parse(), BUILT)
            kept["replays"].append(contents(CANDIDATE_SCHEMA))
    return kept


def test_a_full_refresh_equals_what_grew_load_by_load(replayed: dict[str, Any]) -> None:
    grown = contents(CANDIDATE_SCHEMA)
    assert grown == replayed["replays"][-1]
    build_models(parse(), BUILT, full_refresh=True)
    assert contents(CANDIDATE_SCHEMA) == grown


def test_as_of_a_moment_is_what_a_warehouse_held_that_had_loaded_no_more(replayed: dict[str, Any]) -> None:
    with connect() as connection, alone(connection):
        start_anew(connection)
    as_of = AsOf(replayed["moments"][1], "loaded")
    build_models(parse(as_of), BUILT, as_of)
    assert contents(CANDIDATE_SCHEMA) == replayed["replays"][0]
    assert replayed["replays"][0] != replayed["replays"][1]
    assert [row[1] for row in gdp_of_2023(CANDIDATE_SCHEMA)] == ["PRELIM"]


def test_by_the_publishers_clock_a_day_knows_what_had_been_said(replayed: dict[str, Any]) -> None:
    """Both communiqués are loaded; that of 2024 prints no date, and tells of a year that had not ended then."""
    view_schema = build_as_of("2024-06-30", "published", BUILT)
    assert view_schema == "marts_as_of_20240630_published"
    assert [past.view_schema for past in past_schemas()] == [view_schema]
    with connect("reader") as connection:
        figures = connection.execute(
            sql.SQL("select estimate_round, value / 1e8 from {}.fct_observations "
                    "where division_code = '330000' and indicator_code = 'gdp' and time_period = '2023'"
                    "and accum = 'YTD'").format(sql.Identifier(view_schema))
        ).fetchall()  # fmt: skip
    assert figures == [("PRELIM", 82553)]
    drop_as_of(view_schema)
    assert past_schemas() == []
    with pytest.raises(NoSuchDayError):
        drop_as_of(view_schema)
    with connect("auditor") as connection:
        actions = connection.execute("select action from ops.as_of_schemas order by as_of_id").fetchall()
    assert actions == [("build",), ("drop",)]


def cells() -> dict[tuple[str, str], tuple[Any, list[str]]]:
    """Every value that rests on a figure, with its receipt: of figures in a mart and of metrics."""
    found: dict[tuple[str, str], tuple[Any, list[str]]] = {}
    schema = sql.Identifier(CANDIDATE_SCHEMA)
    with connect() as connection:
        for key, value, receipt in connection.execute(
            sql.SQL("select observation_key, value, receipts -> 'value' from {}.mart_division_figures").format(schema)
        ):
            found["figure", key] = (value, receipt or [])
        for key, value, inputs in connection.execute(
            sql.SQL("select metric_key, value, inputs from {}.fct_metrics").format(schema)
        ):
            found["metric", key] = (value, [each["key"] for each in inputs])
    return found


def told() -> dict[str, tuple[str, int]]:
    """Every row of the history: the transaction that wrote it, and its load."""
    history = sql.Identifier(CANDIDATE_SCHEMA, "fct_observation_history")
    with connect() as connection:
        rows = connection.execute(sql.SQL("select history_key, xmin::text, load_id from {}").format(history))
        return {key: (transaction, load_id) for key, transaction, load_id in rows}


def test_one_changed_character_changes_exactly_what_cites_it(replayed: dict[str, Any], tmp_path: Path) -> None:
    """A re-issue of the communiqué of 2024 in which one digit of one figure differs; it is made up."""
    with connect() as connection, alone(connection):
        start_anew(connection)
    build_models(parse(), CELLS)
    before, held = cells(), told()
    load_edition(EditionKey(PROVINCE, "2024", 2), reissued(tmp_path, "85620亿元", "85621亿元"))
    build_models(parse(), CELLS)
    after, grown = cells(), told()
    assert grown.items() > held.items(), "a row of the history was written again"
    assert {grown[key] for key in grown.keys() - held.keys()} == {max(grown.values(), key=lambda row: row[1])}
    changed = {key for key in before if before[key][0] != after[key][0]}
    with connect() as connection:
        (cited,) = connection.execute(
            sql.SQL(
                "select 'observation:' || observation_key from {}.fct_observation_history "
                "where printed = '85621亿元' and load_ordinal = 2 and change_kind = 'revised'"
            ).format(sql.Identifier(CANDIDATE_SCHEMA))
        ).fetchall()
    assert changed == {key for key, (value, receipt) in after.items() if value is not None and cited[0] in receipt}
    assert len(changed) > 1
    assert {key: receipt for key, (_, receipt) in before.items()} == {key: r for key, (_, r) in after.items()}


def test_only_rows_that_differ_are_written_and_what_is_accepted_no_more_goes(replayed: dict[str, Any]) -> None:
    """A figure whose register was known otherwise is mended; a load that a later verdict refuses leaves nothing."""
    build_models(parse(), BUILT)
    observations = sql.Identifier(CANDIDATE_SCHEMA, "fct_observations")
    versions = sql.SQL("select xmin::text::bigint, count(*) from {} group by 1").format(observations)
    with connect() as connection:
        connection.execute(
            sql.SQL("update {0} set boundary_version = 99 where observation_key = "
                    "(select min(observation_key) from {0})").format(observations)
        )  # fmt: skip
        connection.commit()
        sound = dict(connection.execute(versions).fetchall())
    build_models(parse(), BUILT)
    with connect() as connection:
        after = dict(connection.execute(versions).fetchall())
        rewritten = sum(count for version, count in after.items() if version not in sound)
        assert rewritten == 1
        connection.execute(
            """
            insert into ops.verdicts
                (load_id, is_accepted, reason, suite_sha256, expectations_declared, expectations_run, results)
            select load_id, false, 'a seeded refusal', suite_sha256, expectations_declared, expectations_run, results
            from ops.verdicts where load_id = (select max(load_id) from ops.loads)
            """
        )
        connection.commit()
    before = contents(CANDIDATE_SCHEMA)
    build_models(parse(), BUILT)
    grown = contents(CANDIDATE_SCHEMA)
    assert grown != before
    build_models(parse(), BUILT, full_refresh=True)
    assert contents(CANDIDATE_SCHEMA) == grown


def test_a_build_says_why_it_built_a_relation_whole(replayed: dict[str, Any]) -> None:
    """The divisions were loaded first; a release that did not have them has seen their membership change."""
    project = parse()
    with connect() as connection:
        loads = [row[0] for row in connection.execute("select load_id from ops.loads order by load_id")]

        def why(held: list[int], hashes: dict[str, str]) -> tuple[str, list[str]]:
            seal = Seal(None, {}, {}, hashes)
            reason = reasons_of(connection, project, {}, loads, (1, "made_up", held), seal)["dim_divisions"]
            return reason["why"], reason["changed"]

        seed = "seed.shanhai.boundary_changes"
        assert why(loads[1:], project.sha256) == ("membership changed", [])
        assert why(loads[:-1], project.sha256) == ("loads", [])
        assert why(loads, project.sha256) == ("nothing new", [])
        code, changed = why(loads, project.sha256 | {seed: "another"})
    assert code == "code or seeds changed"
    assert seed in changed


@pytest.mark.usefixtures("replayed")
def test_a_build_waits_for_nothing_that_a_killed_one_left_behind() -> None:
    with connect() as left_behind, connect() as connection, alone(connection):
        left_behind.execute("set application_name = 'shanhai_dbt'")
        observations = sql.Identifier(CANDIDATE_SCHEMA, "fct_observations")
        left_behind.execute(sql.SQL("lock table {} in access share mode").format(observations))
        connection.execute("set lock_timeout = '10s'")
        start_anew(connection)
        with pytest.raises(psycopg.OperationalError):
            left_behind.execute("select 1")


def reissued(root: Path, printed: str, instead: str) -> Library:
    """The library with another issue of the province's communiqué of 2024, in which other characters are printed."""
    sources, published = root / "sources", root / "published"
    shutil.copytree(settings.SOURCES, sources)
    shutil.copytree(settings.PUBLISHED, published)
    folder = published / "zhejiang_bureau_of_statistics"
    text = (folder / "communique_2024.txt").read_text("utf-8")
    assert text.count(printed) == 1
    (folder / "synthetic_reissue.txt").write_text(text.replace(printed, instead), "utf-8")
    shutil.copy(folder / "communique_2024.txt.origin.yml", folder / "synthetic_reissue.txt.origin.yml")
    document = sources / f"{PROVINCE}.yml"
    content = yaml.safe_load(document.read_text("utf-8"))
    (first,) = (edition for edition in content["editions"] if edition["edition"] == "2024")
    digest = hashlib.sha256((folder / "synthetic_reissue.txt").read_bytes()).hexdigest()
    content["editions"].append(first | {"issue": 2, "file": "synthetic_reissue.txt", "sha256": digest})
    document.write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")
    return Library(Catalogue(sources, published), settings.DBT_PROJECT / "seeds")


def test_what_is_no_day_is_refused() -> None:
    with pytest.raises(BuildError, match="neither a day"):
        build_as_of("June 2023")
