"""A load is staged whole in one transaction, judged, and accepted only when its gate says so."""

from pathlib import Path
from typing import Any

import pytest

from shanhai import validate
from shanhai.documents.yaml_file import load_document
from shanhai.errors import PublicationError
from shanhai.library import Library
from shanhai.load import EditionKey, archive_edition, load_edition, stage_edition
from shanhai.pending import edition_states
from shanhai.validate import LoadRejectedError, validate_load
from shanhai.warehouse.connection import connect
from tests.small_library import HEAD, YEARBOOK, SmallLibrary

pytestmark = pytest.mark.usefixtures("scratch_warehouse")

GOOD = (HEAD + "云和县,951435,112635\r\n庆元县,789300,\r\n").encode("gb18030")


def stage(key: EditionKey, library: Library) -> int:
    return stage_edition(key, archive_edition(key, library), library)


def state_of(key: EditionKey, library: Library) -> str:
    return next(each.state for each in edition_states(library) if each.key == key)


def count(statement: str, *parameters: object) -> int:
    with connect() as connection:
        row = connection.execute(statement, parameters).fetchone()  # type: ignore[arg-type]
    assert row is not None
    return int(row[0])


def test_an_edition_is_staged_once_and_accepted(small_library: SmallLibrary) -> None:
    key = small_library.add("bureau/accepted", "y.csv", GOOD, YEARBOOK)
    library = small_library.library
    assert state_of(key, library) == "pending"
    load_id = stage(key, library)
    assert count("select count(*) from staging.observations where load_id = %s", load_id) == 4
    assert stage(key, library) == load_id
    validate_load(load_id, library)
    assert state_of(key, library) == "accepted"
    assert count("select count(*) from ops.accepted_loads where load_id = %s", load_id) == 1


def test_a_refused_edition_leaves_its_bytes_its_reason_and_no_row(small_library: SmallLibrary) -> None:
    key = small_library.add("bureau/refused", "y.csv", GOOD + "云和市,1,2\r\n".encode("gb18030"), YEARBOOK)
    library = small_library.library
    with pytest.raises(PublicationError, match="bureau/refused, edition 2020, cell R6C2"):
        stage(key, library)
    assert count("select count(*) from ops.loads where table_id = 'bureau/refused'") == 0
    assert count("select count(*) from ops.publications inner join ops.refusals using (publication_sha256) "
                 "where table_id = 'bureau/refused' and reason like '%%云和市%%'") == 1  # fmt: skip
    assert state_of(key, library) == "refused"


def test_other_bytes_than_the_document_names_are_archived_and_refused(small_library: SmallLibrary) -> None:
    key = small_library.add("bureau/other_bytes", "y.csv", GOOD, YEARBOOK)
    library = small_library.library
    source = library.catalogue.tables[key.table_id]
    source.file(source.edition("2020")).write_bytes(GOOD + b"\r\n")
    with pytest.raises(PublicationError, match="other bytes"):
        archive_edition(key, library)
    assert state_of(key, library) == "refused"


def difference_of(load_id: int) -> dict[str, Any]:
    with connect() as connection:
        row = connection.execute(
            "select difference || jsonb_build_object('supersedes', supersedes_load_id) from ops.loads "
            "where load_id = %s", (load_id,),
        ).fetchone()  # fmt: skip
    assert row is not None
    found: dict[str, Any] = row[0]
    return found


def test_other_bytes_that_no_document_declares_are_told_figure_by_figure(small_library: SmallLibrary) -> None:
    key = small_library.add("bureau/undeclared", "y.csv", GOOD, YEARBOOK)
    library = small_library.library
    load_id = stage(key, library)
    source = library.catalogue.tables[key.table_id]
    source.file(source.edition("2020")).write_bytes(GOOD.replace(b"951435", b"951436"))
    with pytest.raises(
        PublicationError, match=f"issue 2. Against load {load_id}: 1 changed.*云和县 gdp.*951435 → 951436"
    ):
        archive_edition(key, library)
    assert count("select count(*) from ops.loads where table_id = 'bureau/undeclared'") == 1
    assert count("select count(*) from staging.observations where load_id > %s", load_id) == 0


def test_another_issue_is_a_new_vintage_with_its_difference(small_library: SmallLibrary) -> None:
    key = small_library.add("bureau/reissued", "y.csv", GOOD, YEARBOOK)
    before = load_edition(key, small_library.library)
    other = (HEAD + "云和县,951436,112635\r\n景宁县,789300,112000\r\n").encode("gb18030")
    again = small_library.reissue(key, "y2.csv", other)
    library = small_library.library
    assert state_of(again, library) == "pending"
    after = load_edition(again, library)
    found = difference_of(after)
    assert (found["supersedes"], found["changed"], found["added"], found["withdrawn"]) == (before, 1, 2, 2)
    (changed,) = [figure for figure in found["figures"] if figure["kind"] == "changed"]
    assert (changed["before"]["printed"], changed["after"]["printed"]) == ("951435", "951436")
    with connect() as connection:
        latest = connection.execute(
            "select load_id, is_latest, issue from ops.accepted_loads where table_id = 'bureau/reissued' order by 1"
        ).fetchall()
    assert latest == [(before, False, 1), (after, True, 2)]
    # The first issue, read again, is no newer than the second.
    assert state_of(key, library) == state_of(again, library) == "accepted"
    assert load_edition(key, library) == before
    assert load_edition(again, library) == after


def test_a_load_says_what_it_was_made_of(small_library: SmallLibrary) -> None:
    key = small_library.add("bureau/accounted", "y.csv", GOOD, YEARBOOK)
    load_id = load_edition(key, small_library.library)
    with connect() as connection:
        row = connection.execute(
            "select rows_read, rows_refused, rows_staged, control_totals, period_end, length(document_sha256), "
            "length(lock_sha256) from ops.loads where load_id = %s", (load_id,),
        ).fetchone()  # fmt: skip
    assert row is not None
    assert row[:3] == (4, 0, 4)
    assert {(total["indicator_code"], total["rows"], total["sum"]) for total in row[3]} == {
        ("gdp", 2, "17407350000"), ("registered_population", 2, "112635"),
    }  # fmt: skip
    assert (str(row[4]), row[5:]) == ("2020-12-31", (64, 64))


@pytest.mark.parametrize("suite", [None, "", "expectations: []\n"])
def test_without_a_suite_a_load_is_rejected(
    small_library: SmallLibrary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suite: str | None
) -> None:
    key = small_library.add(f"bureau/suite_{suite is None}_{bool(suite)}", "y.csv", GOOD, YEARBOOK)
    load_id = stage(key, small_library.library)
    monkeypatch.setattr("shanhai.settings.EXPECTATIONS", tmp_path)
    if suite is not None:
        (tmp_path / "observations.yml").write_text(suite)
    with pytest.raises(LoadRejectedError, match="no expectations" if suite is None else "gate itself failed"):
        validate_load(load_id, small_library.library)
    assert count("select count(*) from ops.verdicts where not is_accepted and load_id = %s", load_id) == 1
    assert count("select count(*) from ops.accepted_loads where load_id = %s", load_id) == 0


@pytest.mark.parametrize(
    ("expectation", "reason"),
    [
        (
            "{id: e, expect: ExpectColumnValuesToBeInSet, given: {column: subject_name, value_set: [庆元县]}, "
            "why: {en: w, zh: w}}",
            "云和县",
        ),
        (
            "{id: e, expect: ExpectColumnValuesToNotBeNull, given: {column: no_such_column}, why: {en: w, zh: w}}",
            "could not run",
        ),
        ("{id: e, expect: ExpectNothingOfTheKind, given: {}, why: {en: w, zh: w}}", "gate itself failed"),
    ],
)
def test_a_violated_and_a_broken_expectation_reject_the_load(
    small_library: SmallLibrary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, expectation: str, reason: str
) -> None:
    key = small_library.add("bureau/gate", "y.csv", GOOD, YEARBOOK, edition=str(abs(hash(expectation))))
    library = small_library.library
    load_id = stage(key, library)
    monkeypatch.setattr("shanhai.settings.EXPECTATIONS", tmp_path)
    (tmp_path / "observations.yml").write_text(f"expectations:\n  - {expectation}\n", "utf-8")
    with pytest.raises(LoadRejectedError, match=reason):
        validate_load(load_id, library)
    assert state_of(key, library) == "rejected"


def test_a_warning_is_reported_and_does_not_reject(
    small_library: SmallLibrary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = small_library.add("bureau/warning", "y.csv", GOOD, YEARBOOK)
    load_id = stage(key, small_library.library)
    monkeypatch.setattr("shanhai.settings.EXPECTATIONS", tmp_path)
    (tmp_path / "observations.yml").write_text(
        "expectations:\n"
        "  - {id: e, expect: ExpectTableRowCountToEqual, given: {value: 5}, severity: warning, why: {en: w, zh: w}}\n"
    )
    validate_load(load_id, small_library.library)
    with connect() as connection:
        row = connection.execute(
            "select is_accepted, results from ops.verdicts where load_id = %s", (load_id,)
        ).fetchone()
    assert row is not None
    assert row[0]
    assert [entry["success"] for entry in row[1]] == [False]


def test_every_relation_has_its_expectations() -> None:
    from shanhai.warehouse.tables import staging_relations

    for relation in staging_relations:
        assert validate.suite_of(relation, "no/table"), relation


def test_every_expectation_document_reads() -> None:
    from shanhai import settings
    from shanhai.documents.expectation import ExpectationDocument

    waivers = set((settings.EXPECTATIONS / "waivers").rglob("*.yml"))
    files = set(settings.EXPECTATIONS.rglob("*.yml")) - waivers
    assert files
    for file in files:
        load_document(file, ExpectationDocument, numbers=True)
