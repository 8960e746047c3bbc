"""What is due is judged from documents and the ledger: what went missing in Airflow changes nothing."""

import textwrap
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.small_library import HEAD, YEARBOOK, SmallLibrary

from shanhai import settings
from shanhai.completeness.calendar import declare_calendars
from shanhai.completeness.report import Due, completeness
from shanhai.documents.calendar import Release
from shanhai.library import Library
from shanhai.load import archive_edition, load_edition, stage_edition
from shanhai.quarantine.decisions import decide
from shanhai.validate import LoadRejectedError, validate_load
from shanhai.warehouse.connection import connect

pytestmark = pytest.mark.usefixtures("scratch_warehouse")

TODAY = date.today()
CONTENT = (HEAD + "云和县,951435,112635\r\n").encode("gb18030")
# The origin record of the small library says 2021-03-01.
CALENDAR = "release: {every: year, first: 2020, due_days: %d%s}\n"


def add(library: SmallLibrary, table: str, due_days: int = 90, more: str = "") -> Any:
    document = textwrap.dedent(YEARBOOK) + CALENDAR % (due_days, more)
    return library.add(f"bureau/{table}", "y.csv", CONTENT, document)


def judged(table: str, on: date = TODAY) -> list[Due]:
    return [each for each in completeness(on) if each.table_id == f"bureau/{table}"]


def release(load_id: int) -> None:
    """Put a load into the release that readers see."""
    with connect() as connection:
        connection.execute(
            """
            with built as (
                insert into ops.releases (schema_name, load_ids, project_sha256, tests_declared, tests_run,
                    tests_failed, relations)
                values (%s, %s, '', 1, 1, 0, '{}') returning release_id
            )
            insert into ops.promotions (release_id, action, promoted_by) select release_id, 'promote', 'test' from built
            """,
            (f"release_of_{load_id}", [load_id]),
        )


def test_an_edition_on_time_and_the_years_nobody_published(small_library: SmallLibrary) -> None:
    key = add(small_library, "regular")
    declare_calendars(small_library.library)
    release(load_edition(key, small_library.library))
    first, *rest = judged("regular")
    assert (first.edition, first.state, first.publisher_lag_days, first.publisher_is_late) == (
        "2020", "on time", 60, False,
    )  # fmt: skip
    ended = [each for each in rest if each.publisher_due_on and each.publisher_due_on < TODAY]
    assert ended
    assert {each.state for each in ended} == {"missing"}
    assert {each.state for each in rest} <= {"missing", "expected"}
    assert first.is_released


def test_the_publishers_lateness_is_not_ours(small_library: SmallLibrary) -> None:
    key = add(small_library, "late_publisher", due_days=30)
    declare_calendars(small_library.library)
    release(load_edition(key, small_library.library))
    first = judged("late_publisher")[0]
    assert (first.state, first.publisher_is_late, first.we_are_late) == ("late", True, False)
    assert first.our_lag_days == 0


def test_an_edition_that_no_run_ever_loaded_is_missed(small_library: SmallLibrary) -> None:
    add(small_library, "never_loaded")
    declare_calendars(small_library.library)
    assert judged("never_loaded")[0].state == "expected"
    later = judged("never_loaded", TODAY + timedelta(days=8))[0]
    assert (later.state, later.we_are_late, later.publisher_is_late) == ("missing", True, False)


def test_an_event_that_never_came_is_missed(small_library: SmallLibrary) -> None:
    """The load was accepted, the asset event was lost, and no build took it up."""
    key = add(small_library, "no_event")
    declare_calendars(small_library.library)
    load_id = load_edition(key, small_library.library)
    later = judged("no_event", TODAY + timedelta(days=8))[0]
    assert (later.load_id, later.is_released, later.state) == (load_id, False, "missing")
    assert "not in the release" in (later.reason or "")


@pytest.fixture
def gate_without_suite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shanhai.settings.EXPECTATIONS", tmp_path)


@pytest.mark.usefixtures("gate_without_suite")
def test_quarantine_and_rejection_are_told_apart(small_library: SmallLibrary) -> None:
    key = add(small_library, "waiting")
    library = small_library.library
    declare_calendars(library)
    load_id = stage_edition(key, archive_edition(key, library), library)
    assert judged("waiting")[0].state == "quarantined"
    with pytest.raises(LoadRejectedError):
        validate_load(load_id, library)
    assert judged("waiting")[0].state == "quarantined"
    decide(load_id, "reject", owner="Li", reason="not ours")
    assert judged("waiting", TODAY + timedelta(days=8))[0].state == "missing"


def test_an_edition_that_does_not_read_is_in_quarantine(small_library: SmallLibrary) -> None:
    key = add(small_library, "unreadable")
    library = small_library.library
    declare_calendars(library)
    source = library.catalogue.tables[key.table_id]
    source.file(source.edition("2020")).write_bytes(b"nothing")
    with pytest.raises(ValueError, match="other bytes"):
        archive_edition(key, library)
    assert judged("unreadable")[0].state == "quarantined"


def test_an_issue_that_was_replaced_is_superseded(small_library: SmallLibrary) -> None:
    key = add(small_library, "replaced")
    load_edition(key, small_library.library)
    again = small_library.reissue(key, "y2.csv", CONTENT.replace(b"951435", b"951436"))
    declare_calendars(small_library.library)
    load_edition(again, small_library.library)
    assert [each.state for each in judged("replaced")[:2]] == ["superseded", "on time"]


def test_a_retired_period_says_why_for_ever(small_library: SmallLibrary) -> None:
    why = "why: {en: The table was given up, zh: 该表已停编}"
    add(small_library, "retired", more=f", retired: [{{first: 2021, {why}}}]")
    declare_calendars(small_library.library)
    _, *rest = judged("retired", TODAY + timedelta(days=365 * 30))
    assert len(rest) > 30
    assert {(each.state, each.reason) for each in rest} == {("retired", "The table was given up · 该表已停编")}


def test_a_calendar_is_written_when_it_changes(small_library: SmallLibrary) -> None:
    add(small_library, "declared")
    assert declare_calendars(small_library.library, "bureau") == 1
    assert declare_calendars(small_library.library, "bureau") == 0
    add(small_library, "declared", due_days=91)
    assert declare_calendars(small_library.library, "bureau") == 1


@pytest.mark.parametrize("said", [{"every": "year"}, {}, {"irregular": {"en": "a", "zh": "b"}, "every": "year"}])
def test_a_rhythm_is_whole_or_its_absence_has_a_reason(said: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"needs `every`|has neither"):
        Release.model_validate(said)


def test_every_table_of_the_project_says_when_it_is_due() -> None:
    tables = Library.open().catalogue.tables
    assert tables
    silent = [str(t.path.relative_to(settings.SOURCES)) for t in tables.values() if t.document.release is None]
    assert not silent, f"write `release:` into {silent}"
