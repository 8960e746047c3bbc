"""Readers see exactly what was tested: a failing test keeps the old release, and going back is one step."""

import shutil
from pathlib import Path

import pytest
from psycopg import sql

from shanhai import settings
from shanhai.release import account, promotion
from shanhai.release.candidate import BuildError, build_candidate
from shanhai.release.content import TamperedError
from shanhai.warehouse.connection import connect
from tests.faults.readers import schemas_read
from tests.resealed import sealed_again


def seen_by_readers() -> set[str]:
    """The schemas of the tables that reading every view of `marts` really reads."""
    found: set[str] = set()
    with connect("reader") as connection:
        for (view,) in connection.execute("select viewname from pg_views where schemaname = 'marts'").fetchall():
            statement = sql.SQL("explain (analyze, verbose, format json) select count(*) from {}")
            plan = connection.execute(statement.format(sql.Identifier("marts", view))).fetchone()
            assert plan is not None
            found |= schemas_read(plan[0])
    return found


@pytest.fixture
def broken_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The dbt project with one test more, which fails."""
    project = tmp_path / "dbt_project"
    shutil.copytree(settings.DBT_PROJECT, project)
    (project / "tests" / "a_seeded_defect.sql").write_text("select 1 as defect\n", "utf-8")
    monkeypatch.setattr("shanhai.settings.DBT_PROJECT", project)


@pytest.mark.usefixtures("copied_warehouse", "broken_project")
def test_a_failing_test_keeps_the_release_that_readers_have() -> None:
    before = promotion.current()
    assert before is not None
    with pytest.raises(BuildError, match="a_seeded_defect"):
        build_candidate()
    assert promotion.current() == before
    assert seen_by_readers() == {before.schema_name}


@pytest.mark.usefixtures("copied_warehouse")
def test_the_same_loads_give_the_same_marts_and_going_back_is_one_step() -> None:
    first = promotion.current()
    assert first is not None
    promotion.promote(build_candidate())
    second = promotion.current()
    assert second is not None
    assert second.release_id != first.release_id
    assert seen_by_readers() == {second.schema_name}
    assert second.relations == first.relations
    assert promotion.rollback() == first.release_id
    assert seen_by_readers() == {first.schema_name}
    with connect("reader") as connection:
        assert connection.execute("select count(*) from marts.mart_county_profiles").fetchone() is not None
        comment = connection.execute(
            "select obj_description('marts.mart_county_profiles'::regclass), "
            "col_description('marts.mart_county_profiles'::regclass, 1)"
        ).fetchone()
    assert comment is not None
    assert all(comment)
    # The second release started from the first, changed nothing and raised no version.
    assert account.reasons(second.release_id)["fct_observation_history"] | {"changed": []} == {
        "built": "from new loads", "why": "nothing new", "changed": [], "start": first.schema_name, "load_ids": [],
    }  # fmt: skip
    assert list(account.changes(second.release_id)) == []
    assert set(account.releases()[0].versions.values()) == {"1.0.0"}
    with connect("reader") as connection:
        past = connection.execute(
            "select count(*) from marts.mart_county_profiles_as_of((now() + interval '1 day')::date) "
            "inner join marts.mart_county_profiles using (division_code, year)"
        ).fetchone()
        assert past == (second.relations["mart_county_profiles"]["rows"],)
    # Altered after its tests: readers keep what they have.
    with connect() as connection:
        table = sql.Identifier(second.schema_name, "mart_county_profiles")
        connection.execute(sql.SQL("alter table {} add column note text").format(table))
    with pytest.raises(TamperedError, match="mart_county_profiles was altered"):
        promotion.promote(second.release_id)
    assert seen_by_readers() == {first.schema_name}
    # Other columns than readers have, and sealed: the views are made anew, there and back.
    third = sealed_again(second.release_id)
    promotion.promote(third)
    assert seen_by_readers() == {f"release_{third}"}
    promotion.rollback()
    assert seen_by_readers() == {first.schema_name}
