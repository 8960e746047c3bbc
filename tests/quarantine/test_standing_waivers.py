"""A waiver written as a document holds for what it names until its day; the ledger keeps what a verdict rested on."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from tests.quarantine.conftest import Quarantine, Quarantined
from typer.testing import CliRunner

from shanhai import ledger
from shanhai.cli import app
from shanhai.documents.catalogue import sha256_of
from shanhai.documents.schema import waiver_schema
from shanhai.errors import DocumentError
from shanhai.load import EditionKey
from shanhai.pending import edition_states
from shanhai.quarantine.standing import problems
from shanhai.quarantine.waiting import red_waivers
from shanhai.validate import LoadRejectedError, validate_load
from shanhai.waivers import standing_waivers
from shanhai.warehouse.connection import connect

TODAY = date.today()
KEY = {"subject_name": "云和县", "indicator_code": "gdp", "time_period": "2020", "accum": "YTD"}
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes the waiver document of a table, with one waiver for the failing row, but for what is said otherwise."""

    def written(table_id: str, **otherwise: Any) -> Path:
        path = tmp_path / "expectations" / "waivers" / f"{table_id}.yml"
        path.parent.mkdir(parents=True, exist_ok=True)
        waiver = {"id": "known_digit", "expectation": "S05_small", "keys": [KEY], "owner": "Li", "granted_by": "chen",
                  "reason": "the publisher confirms", "expires_on": (TODAY + timedelta(9)).isoformat()}  # fmt: skip
        path.write_text(yaml.safe_dump({"waivers": [waiver | otherwise]}, allow_unicode=True, sort_keys=False), "utf-8")
        return path

    return written


def keys_of(made: Quarantined) -> dict[str, Any]:
    with connect() as connection:
        row = connection.execute(
            "select keys from ops.failing_rows inner join ops.verdicts using (verdict_id) where load_id = %s limit 1",
            (made.load_id,),
        ).fetchone()
    assert row is not None
    return dict(row[0])


def state_of(made: Quarantined) -> tuple[str, str]:
    """Where the load stands, and what is to be done with its edition."""
    with connect() as connection:
        row = connection.execute("select state from ops.load_standing where load_id = %s", (made.load_id,)).fetchone()
    assert row is not None
    key = EditionKey(made.table_id, "2020", 2)
    (edition,) = [each.state for each in edition_states(made.library) if each.key == key]
    return str(row[0]), edition


def set_back(made: Quarantined) -> None:
    """Time passes: the owner takes the guard off and sets the day back, as nobody else can."""
    with connect("owner") as connection:
        connection.execute("alter table ops.waivers disable trigger user")
        connection.execute("update ops.waivers set expires_on = current_date - 1 where table_id = %s", (made.table_id,))
        connection.execute("alter table ops.waivers enable trigger user")


def test_a_document_lets_exactly_its_keys_pass_and_the_ledger_keeps_its_hash(
    quarantine: Quarantine, write: Write
) -> None:
    made = quarantine("documented")
    assert {column: value for column, value in keys_of(made).items() if value is not None}.keys() - KEY.keys() == {
        "period_start"
    }
    period_start = keys_of(made)["period_start"]
    assert state_of(made) == ("quarantined", "rejected")
    path = write(made.table_id, keys=[KEY | {"period_start": period_start}])
    assert state_of(made) == ("quarantined", "pending"), "what may pass now is not tried"
    validate_load(made.load_id, made.library)
    assert state_of(made) == ("accepted", "accepted")
    with connect("auditor") as connection:
        kept = connection.execute(
            "select waiver_id, name, document, document_sha256, decision_id from ops.waivers where table_id = %s",
            (made.table_id,),
        ).fetchall()
        rests = connection.execute(
            "select waivers_count, results -> 0 -> 'waivers' from ops.verdicts where load_id = %s "
            "order by verdict_id desc limit 1", (made.load_id,),
        ).fetchone()  # fmt: skip
        chained = connection.execute(
            "select count(*) from ops.ledger where event = 'waivers' and content::jsonb ->> 'document_sha256' = %s",
            (sha256_of(path),),
        ).fetchone()
    ((waiver_id, *described),) = kept
    assert described == ["known_digit", f"expectations/waivers/{made.table_id}.yml", sha256_of(path), None]
    assert rests == (1, [waiver_id])
    assert chained == (1,)
    validate_load(made.load_id, made.library)
    with connect() as connection:
        again = connection.execute("select count(*) from ops.waivers where table_id = %s", (made.table_id,)).fetchone()
    assert again == (1,), "the same wording of a document stands in the ledger once"
    ledger.verify()


@pytest.mark.parametrize(("otherwise", "told"), [
    ({"keys": [KEY]}, "S05_small"),
    ({"keys": [KEY | {"subject_name": "庆元县"}]}, "S05_small"),
    ({"expectation": "S05_other"}, "S05_small"),
    ({"expires_on": (TODAY - timedelta(1)).isoformat()}, "known_digit of .*expired on"),
    ({"granted_by": "loader"}, "granted by loader, who loaded it"),
    ({"expires_on": "soon"}, "gate itself failed.*expires_on"),
])  # fmt: skip
def test_a_document_hides_nothing_that_it_does_not_name(
    quarantine: Quarantine, write: Write, otherwise: dict[str, Any], told: str
) -> None:
    made = quarantine(f"hidden_{abs(hash(str(otherwise)))}")
    whole = {"keys": [KEY | {"period_start": keys_of(made)["period_start"]}]}
    write(made.table_id, **whole | otherwise)
    with pytest.raises(LoadRejectedError, match=told):
        validate_load(made.load_id, made.library)
    assert state_of(made)[0] == "quarantined"


def test_an_expired_document_is_red_until_it_is_renewed(quarantine: Quarantine, write: Write) -> None:
    made = quarantine("renewed")
    whole = {"keys": [KEY | {"period_start": keys_of(made)["period_start"]}]}
    write(made.table_id, **whole)
    validate_load(made.load_id, made.library)
    assert not [line for line in red_waivers() if made.table_id in line]
    set_back(made)
    (red,) = [line for line in red_waivers() if made.table_id in line]
    assert "expired on" in red
    assert state_of(made) == ("accepted", "accepted"), "nothing new is to be tried"
    assert CliRunner().invoke(app, ["quarantine", "list"]).exit_code == 1
    write(made.table_id, **whole, expires_on=(TODAY + timedelta(30)).isoformat())
    assert state_of(made) == ("accepted", "pending")
    validate_load(made.load_id, made.library)
    assert state_of(made) == ("accepted", "accepted")
    assert not [line for line in red_waivers() if made.table_id in line]


def test_a_waiver_that_its_document_grants_no_longer_is_red(quarantine: Quarantine, write: Write) -> None:
    made = quarantine("withdrawn")
    path = write(made.table_id, keys=[KEY | {"period_start": keys_of(made)["period_start"]}])
    validate_load(made.load_id, made.library)
    path.unlink()
    (red,) = [line for line in red_waivers() if made.table_id in line]
    assert "grants known_digit no longer" in red


@pytest.mark.parametrize(("otherwise", "line", "told"), [
    ({"expires_on": (TODAY - timedelta(1)).isoformat()}, 12, "expired on"),
    ({"expectation": "S05_other"}, 3, "no blocking expectation is called S05_other"),
    ({"keys": [KEY | {"county": "云和县"}]}, 5, "not by ['county']"),
])  # fmt: skip
def test_what_is_wrong_with_a_document_is_told_with_its_line(
    quarantine: Quarantine, write: Write, otherwise: dict[str, Any], line: int, told: str
) -> None:
    made = quarantine("wrong")
    path = write(made.table_id, **otherwise)
    (problem,) = problems(made.library)
    assert problem.startswith(f"{path}:{line}: known_digit: ")
    assert told in problem


def test_a_document_of_no_table_is_told(quarantine: Quarantine, write: Write) -> None:
    made = quarantine("present")
    write("bureau/absent")
    (problem,) = problems(made.library)
    assert "bureau/absent is no table of the catalogue" in problem


@pytest.mark.parametrize(("otherwise", "told"), [
    ({"owner": " "}, r"\.yml:9: waivers\.0\.owner"),
    ({"reason": ""}, r"waivers\.0\.reason"),
    ({"keys": []}, r"waivers\.0\.keys"),
    ({"keys": [{}]}, r"waivers\.0\.keys\.0"),
    ({"until": "2027"}, r"waivers\.0\.until: Extra inputs"),
])  # fmt: skip
def test_a_document_is_read_strictly(write: Write, otherwise: dict[str, Any], told: str) -> None:
    with pytest.raises(DocumentError, match=told):
        standing_waivers(write("bureau/strict", **otherwise))


def test_the_schema_is_told_and_true(write: Write) -> None:
    schema = waiver_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    document = yaml.safe_load(write("bureau/schema").read_text("utf-8"))
    jsonschema.validate(document, schema)
    del document["waivers"][0]["owner"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, schema)
    done = CliRunner().invoke(app, ["quarantine", "waiver-schema"])
    assert (done.exit_code, '"expires_on"' in done.output) == (0, True)


def test_no_bundled_document_has_a_problem_or_has_expired() -> None:
    assert problems() == []
