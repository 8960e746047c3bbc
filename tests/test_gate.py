"""The gate fails closed, says what failed where, and lets nothing pass that a waiver does not name."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb
from pydantic import ValidationError

from shanhai.documents.expectation import Expectation
from shanhai.documents.terms import Bilingual
from shanhai.expectation_run import ExpectationRunner
from shanhai.load import archive_edition, stage_edition
from shanhai.validate import LoadRejectedError, suite_of, validate_load, validate_loads
from shanhai.warehouse.connection import connect
from shanhai.warehouse.tables import staging_relations
from tests.small_library import HEAD, YEARBOOK, SmallLibrary

pytestmark = pytest.mark.usefixtures("scratch_warehouse")

CONTENT = (HEAD + "云和县,951435,112635\r\n庆元县,789300,\r\n").encode("gb18030")
WHY = "why: {en: a rule, zh: 规则}"
# Each county but the one named breaks it, on its own figures only.
ONLY = "{{id: S06_only, expect: ExpectColumnValuesToBeInSet, given: {{column: subject_name, value_set: [{}]}}, {}}}"
Stage = Callable[..., int]


@pytest.fixture
def stage(small_library: SmallLibrary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """Stages the publication as a table of a name of its own, to be judged by the expectations given."""

    def staged(table: str, *expectations: str) -> int:
        root = tmp_path / "expectations"
        root.mkdir(exist_ok=True)
        monkeypatch.setattr("shanhai.settings.EXPECTATIONS", root)
        (root / "observations.yml").write_text(
            "expectations:\n" + "".join(f"  - {each}\n" for each in expectations), "utf-8"
        )
        library = small_library.library
        key = small_library.add(f"bureau/{table}", "y.csv", CONTENT, YEARBOOK)
        return stage_edition(key, archive_edition(key, library), small_library.library)

    return staged


def rows(statement: str, *parameters: object) -> list[Any]:
    with connect() as connection:
        return connection.execute(statement, parameters).fetchall()  # type: ignore[arg-type]


def state_of(load_id: int) -> str:
    ((state,),) = rows("select state from ops.load_standing where load_id = %s", load_id)
    return str(state)


def waive(load_id: int, keys: list[dict[str, object]], days: int, expectation_id: str = "S06_only") -> None:
    """A waiver that holds until so many days from today."""
    with connect() as connection:
        connection.execute(
            """
            with decided as (
                insert into ops.decisions (load_id, action, owner, reason, due_on, decided_by, decided_through)
                values (%s, 'accept', 'Wang', 'known', %s, 'Wang', 'command line') returning decision_id
            )
            insert into ops.waivers (decision_id, table_id, expectation_id, keys, owner, reason, expires_on, granted_by)
            select decision_id, table_id, %s, %s, 'Wang', 'known', %s, 'Wang' from decided, ops.loads where load_id = %s
            """,
            (load_id, date.today() + timedelta(days), expectation_id, Jsonb(keys), date.today() + timedelta(days),
             load_id),
        )  # fmt: skip


def test_a_violation_is_kept_with_keys_places_and_hash(stage: Stage) -> None:
    load_id = stage("violated", ONLY.format("庆元县", WHY))
    with pytest.raises(LoadRejectedError, match="S06_only"):
        validate_load(load_id)
    found = rows(
        "select keys ->> 'subject_name', keys ->> 'indicator_code', locator, found from ops.failing_rows "
        "inner join ops.verdicts using (verdict_id) where load_id = %s order by failing_number", load_id,
    )  # fmt: skip
    assert found == [
        ("云和县", "gdp", "R4C2", {"subject_name": "云和县", "printed": "951435"}),
        ("云和县", "registered_population", "R4C3", {"subject_name": "云和县", "printed": "112635"}),
    ]
    assert state_of(load_id) == "quarantined"


def test_a_query_names_the_rows_it_selects(stage: Stage) -> None:
    query = "select row_number, printed from {batch} where printed = '789300'"
    load_id = stage(
        "queried", f'{{id: s, expect: UnexpectedRowsExpectation, given: {{unexpected_rows_query: "{query}"}}, {WHY}}}'
    )
    with pytest.raises(LoadRejectedError, match="789300"):
        validate_load(load_id)
    assert rows("select locator, found from ops.failing_rows inner join ops.verdicts using (verdict_id) "
                "where load_id = %s", load_id) == [("R5C2", {"printed": "789300"})]  # fmt: skip


@pytest.mark.parametrize("relation", ["divisions", "division_lists", "pairings", "scheme_rules", "observations"])
def test_no_expectation_of_uniqueness_is_blind_to_nulls(relation: str) -> None:
    """For Great Expectations' own, two rows with a null in one of several columns never agree; each suite counts."""
    (unique,) = [each for each in suite_of(relation, "no/table") if each.id.startswith("K01_")]
    query = unique.given["unexpected_rows_query"]
    assert unique.names_rows
    columns = [name.strip() for name in re.findall(r"partition by (.*?)\)", query)[0].split(",")]
    staged = ", ".join(column.name for column in staging_relations[relation].columns)
    values = [f"null::{column.type.compile()}" if column.name != "row_number" else "number"
              for column in staging_relations[relation].columns]  # fmt: skip
    assert set(columns) <= {column.name for column in staging_relations[relation].columns}
    # Nulls throughout, of the relation's own columns.
    alike = f"(select {', '.join(values)} from generate_series(1, 2) as numbers (number)) as batch ({staged})"  # noqa: S608
    found = rows(query.format(batch=alike))
    assert [number for number, *_ in found] == [1, 2]


def test_uniqueness_that_is_blind_to_nulls_is_no_expectation() -> None:
    given = {"column_list": ["a", "b"]}
    with pytest.raises(ValidationError, match="count rows over a partition"):
        Expectation(id="K01", expect="ExpectCompoundColumnsToBeUnique", given=given, why=Bilingual(en="a", zh="b"))


@pytest.mark.parametrize("hiding", [{"mostly": 0.9}, {"row_condition": "a = 1"}, {"ignore_row_if": "never"}])
def test_an_expectation_of_some_rows_is_none(hiding: dict[str, Any]) -> None:
    given = {"column": "printed", **hiding}
    with pytest.raises(ValidationError, match="holds of every row"):
        Expectation(id="s", expect="ExpectColumnValuesToNotBeNull", given=given, why=Bilingual(en="a", zh="b"))


def test_a_table_cannot_stand_on_its_own_expectations_alone(stage: Stage, tmp_path: Path) -> None:
    load_id = stage("own_suite", ONLY.format("庆元县, 云和县", WHY))
    suite = tmp_path / "expectations" / "observations.yml"
    (tmp_path / "expectations" / "bureau").mkdir()
    suite.rename(tmp_path / "expectations" / "bureau" / "own_suite.yml")
    with pytest.raises(LoadRejectedError, match="there are no expectations for observations"):
        validate_load(load_id)


def test_a_broken_expectation_is_told_from_a_violated_one(stage: Stage) -> None:
    load_id = stage(
        "broken",
        f"{{id: gone, expect: ExpectColumnValuesToNotBeNull, given: {{column: no_such}}, severity: info, {WHY}}}",
    )
    with pytest.raises(LoadRejectedError, match="gone could not run"):
        validate_load(load_id)
    ((outcome, run),) = rows(
        "select results -> 0 ->> 'outcome', expectations_run from ops.verdicts where load_id = %s", load_id
    )
    assert (outcome, run) == ("broken", 0)


def test_a_dropped_expectation_quarantines(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    load_id = stage(
        "dropped", ONLY.format("庆元县, 云和县", WHY), ONLY.format("庆元县, 云和县", WHY).replace("S06", "S07")
    )
    whole = ExpectationRunner.run
    monkeypatch.setattr(ExpectationRunner, "run", lambda *given: whole(*given)[:1])
    with pytest.raises(LoadRejectedError, match=r"2 expectations are declared and 1 ran; missing \['S07_only'\]"):
        validate_load(load_id)
    assert state_of(load_id) == "quarantined"


def test_a_verdict_that_cannot_be_stored_quarantines(stage: Stage) -> None:
    load_id = stage("unstored", ONLY.format("庆元县, 云和县", WHY))
    with connect("owner") as connection:
        connection.execute("revoke insert on ops.verdicts from shanhai_pipeline")
    try:
        with pytest.raises(LoadRejectedError, match="the verdict cannot be stored"):
            validate_load(load_id)
        assert state_of(load_id) == "quarantined"
        assert rows("select count(*) from ops.accepted_loads where load_id = %s", load_id) == [(0,)]
    finally:
        with connect("owner") as connection:
            connection.execute("grant insert on ops.verdicts to shanhai_pipeline")
    validate_load(load_id)
    assert state_of(load_id) == "accepted"


def test_a_warning_reaches_the_accepted_load_and_an_info_does_not(stage: Stage) -> None:
    load_id = stage(
        "flagged",
        ONLY.format("庆元县", f"severity: warning, {WHY}"),
        ONLY.format("庆元县", f"severity: info, {WHY}").replace("S06", "S07"),
    )
    validate_load(load_id)
    assert rows(
        "select warnings_count, waivers_count, warnings from ops.accepted_loads where load_id = %s", load_id
    ) == [(1, 0, ["S06_only"])]
    assert rows("select count(*) from ops.failing_rows inner join ops.verdicts using (verdict_id) "
                "where load_id = %s", load_id) == [(4,)]  # fmt: skip


def test_two_expectations_of_one_name_close_the_gate(stage: Stage) -> None:
    load_id = stage("named_twice", ONLY.format("庆元县", WHY), ONLY.format("云和县", WHY))
    with pytest.raises(LoadRejectedError, match=r"gate itself failed.*ids stand twice"):
        validate_load(load_id)


def test_many_loads_are_judged_each_by_itself(stage: Stage) -> None:
    good = stage("many_good", ONLY.format("庆元县, 云和县", WHY))
    other = stage("many_other", ONLY.format("庆元县, 云和县", WHY), "{id: rows, expect: ExpectTableRowCountToEqual, "
                  "given: {value: {$PARAMETER: rows_staged}}, why: {en: a, zh: b}}")  # fmt: skip
    assert validate_loads([good, other]) == {}
    assert (state_of(good), state_of(other)) == ("accepted", "accepted")


@pytest.mark.parametrize("waived", ["other key", "other test", "half", "part of the key", "expired"])
def test_a_waiver_hides_nothing_it_does_not_name(small_library: SmallLibrary, stage: Stage, waived: str) -> None:
    load_id = stage(f"waived_{waived.replace(' ', '_')}", ONLY.format("庆元县", WHY))
    with pytest.raises(LoadRejectedError):
        validate_load(load_id)
    (gdp,), (population,) = rows(
        "select keys from ops.failing_rows inner join ops.verdicts using (verdict_id) where load_id = %s "
        "order by failing_number", load_id)  # fmt: skip
    match waived:
        case "other key":
            waive(load_id, [{**gdp, "subject_name": "庆元县"}, {**population, "subject_name": "庆元县"}], 9)
        case "other test":
            waive(load_id, [gdp, population], 9, "S07_only")
        case "half":
            waive(load_id, [gdp], 9)
        case "part of the key":
            waive(load_id, [{"subject_name": "云和县"}], 9)
        case "expired":
            waive(load_id, [gdp, population], -1)
    with pytest.raises(LoadRejectedError, match="expired on" if waived == "expired" else "S06_only"):
        validate_load(load_id)
    assert state_of(load_id) == "quarantined"


def test_a_waiver_of_exactly_the_failing_keys_lets_the_load_pass_and_is_counted(stage: Stage) -> None:
    load_id = stage("waived_whole", ONLY.format("庆元县", WHY))
    with pytest.raises(LoadRejectedError):
        validate_load(load_id)
    keys = [key for (key,) in rows("select keys from ops.failing_rows inner join ops.verdicts using (verdict_id) "
                                   "where load_id = %s", load_id)]  # fmt: skip
    waive(load_id, keys, 9)
    validate_load(load_id)
    assert rows("select waivers_count from ops.accepted_loads where load_id = %s", load_id) == [(1,)]


def test_a_waiver_without_keys_or_reason_cannot_be_written(stage: Stage) -> None:
    load_id = stage("waived_nothing", ONLY.format("庆元县", WHY))
    with pytest.raises(psycopg.errors.CheckViolation, match="waivers_name_keys"):
        waive(load_id, [], 9)
