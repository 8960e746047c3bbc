"""The ledger holds every row of ops in order; what is altered, dropped or added is named."""

import json
import re
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.types.json import Jsonb

from shanhai import ledger, seal
from shanhai.load import load_edition
from shanhai.release.rows import keep_rows
from shanhai.seal import LedgerError
from shanhai.settings import Role
from shanhai.validate import failing_rows_sha256
from shanhai.warehouse.connection import connect
from tests.small_library import HEAD, YEARBOOK, SmallLibrary

pytestmark = pytest.mark.usefixtures("scratch_warehouse")


@pytest.fixture
def loaded(small_library: SmallLibrary) -> int:
    """The position of the last entry after one more load."""
    content = (HEAD + "云和县,869947,113777\r\n").encode("gb18030")
    key = small_library.add("bureau/ledger", "y.csv", content, YEARBOOK, edition=uuid.uuid4().hex)
    load_edition(key, small_library.library)
    return ledger.verify().entries


def alter(statement: str) -> psycopg.Connection:
    """An open transaction in which the owner, with the guards taken off, has altered something."""
    connection = connect("owner")
    for table in ("ledger", *ledger.CHAINED_TABLES):
        connection.execute(f"alter table ops.{table} disable trigger user")  # type: ignore[arg-type]
    connection.execute(statement)  # type: ignore[arg-type]
    return connection


def test_every_step_of_a_load_is_an_entry(loaded: int) -> None:
    with connect("auditor") as connection:
        events = connection.execute("select event, actor from ops.ledger where position > %s - 3", (loaded,)).fetchall()
    assert {actor for _, actor in events} == {"shanhai_pipeline"}
    assert [event for event, _ in events][-2:] == ["loads", "verdicts"]


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("update ops.ledger set content = content || ' ' where position = 2", "entry 2"),
        ("update ops.ledger set happened_at = happened_at - interval '1 day' where position = 3", "entry 3"),
        ("delete from ops.ledger where position = 2", "entry 2 is missing"),
        ("delete from ops.ledger where position = (select max(position) from ops.ledger)", "ops.verdicts"),
        ("update ops.ledger set position = 1000000 where position = 4", "entry 4 is missing"),
        ("update ops.verdicts set reason = reason || '!'", "ops.verdicts and the ledger differ: entry"),
    ],
)
def test_an_alteration_is_named(loaded: int, monkeypatch: pytest.MonkeyPatch, statement: str, named: str) -> None:
    connection = alter(statement)
    try:
        monkeypatch.setattr(ledger, "connect", lambda role: _Open(connection))
        with pytest.raises(LedgerError, match=named):
            ledger.verify()
    finally:
        connection.rollback()
        connection.close()
    monkeypatch.undo()
    assert ledger.verify().entries == loaded


class _Open:
    """Lends an open transaction to the verifier, which sees the alteration before it is undone."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection

    def __enter__(self) -> psycopg.Connection:
        return self._connection

    def __exit__(self, *_: object) -> None:
        return None


def written_relations() -> list[tuple[str, str]]:
    """Every relation of ops and staging, with a column of it."""
    with connect("owner") as connection:
        found = connection.execute(
            """
            select format('%I.%I', schemaname, tablename), (
                select attname from pg_attribute
                where attrelid = format('%I.%I', schemaname, tablename)::regclass
                    and attnum > 0 and attidentity = '' order by attnum limit 1
            )
            from pg_tables where schemaname in ('ops', 'staging')
            """
        ).fetchall()
    return [(str(relation), str(column)) for relation, column in found]


@pytest.mark.parametrize("role", ["owner", "pipeline", "engineer", "auditor", "reader"])
def test_nobody_changes_or_removes_what_was_written(role: Role) -> None:
    relations = written_relations()
    assert {"ops.ledger", "ops.decisions", "ops.waivers", "ops.sign_offs", "ops.failing_rows"} <= {
        r for r, _ in relations
    }
    with connect(role) as connection:
        for relation, column in relations:
            verbs = ("update {0} set {1} = {1}", "delete from {0}", "truncate {0} cascade")
            for verb in verbs:
                with (
                    pytest.raises(psycopg.errors.InsufficientPrivilege, match=r"never changed|permission denied"),
                    connection.transaction(),
                ):
                    connection.execute(verb.format(relation, column))  # type: ignore[arg-type]


@pytest.mark.parametrize("verb", ["update", "delete", "truncate"])
def test_no_role_is_granted_more_than_adding(verb: str) -> None:
    with connect("owner") as connection:
        granted = connection.execute(
            "select grantee, table_name from information_schema.role_table_grants where table_schema in "
            "('ops', 'staging') and privilege_type = upper(%s) and grantee like 'shanhai%%'",
            (verb,),
        ).fetchall()
    assert granted == []


def test_every_relation_of_ops_is_chained_or_sealed_by_one_that_is() -> None:
    with connect("owner") as connection:
        chained = {
            name
            for (name,) in connection.execute(
                "select tgrelid::regclass::text from pg_trigger "
                "where tgname = 'chain_row' and tgrelid::regclass::text like 'ops.%'"
            ).fetchall()
        }
    assert chained == {f"ops.{table}" for table in ledger.CHAINED_TABLES}
    relations = {relation for relation, _ in written_relations() if relation.startswith("ops.")}
    by_hash = {"ops.failing_rows", "ops.release_changes", "ops.release_rows", "ops.release_row_changes"}
    assert relations - chained == {"ops.ledger"} | by_hash


def test_a_failing_row_that_was_altered_is_named(small_library: SmallLibrary, monkeypatch: pytest.MonkeyPatch) -> None:
    content = (HEAD + "云和县,869947,113777\r\n云和县,869948,113778\r\n").encode("gb18030")
    key = small_library.add("bureau/twice", "y.csv", content, YEARBOOK.replace("FINAL", "PRELIM"))
    with pytest.MonkeyPatch.context() as patch:
        root = small_library.library.catalogue.sources.parent / "expectations"
        root.mkdir()
        (root / "observations.yml").write_text(
            "expectations:\n  - {id: small, expect: ExpectColumnValuesToBeInSet, "
            "given: {column: printed, value_set: ['869948', '113778']}, severity: warning, why: {en: a, zh: b}}\n"
        )
        patch.setattr("shanhai.settings.EXPECTATIONS", root)
        load_edition(key, small_library.library)
    ledger.verify()
    with connect("owner") as connection:
        connection.execute("alter table ops.failing_rows disable trigger user")
        connection.execute("update ops.failing_rows set locator = 'R9C9' where failing_number = 1")
        monkeypatch.setattr(ledger, "connect", lambda role: _Open(connection))
        with pytest.raises(LedgerError, match=r"ops.failing_rows of verdict \d+, small"):
            ledger.verify()
        connection.rollback()


@pytest.fixture
def released(loaded: int) -> Iterator[psycopg.Connection]:
    """An open transaction of the owner in which a made-up release changed a value of its marts and kept its rows."""
    with connect("owner") as connection:
        connection.execute("create table public.mart_made_up as select 1 as county, 2 as gdp_cny")
        connection.execute(
            "insert into ops.releases (release_id, schema_name, load_ids, project_sha256, tests_declared, tests_run, "
            "tests_failed, relations) values (1, 'public', '{}', '', 0, 0, 0, '{}')"
        )
        connection.execute(
            "insert into ops.release_changes (release_id, change_number, relation, change_kind, row_key, column_name, "
            "old_value, new_value, cause, load_ids) values "
            "(1, 1, 'mart_made_up', 'corrected', '{\"county\": 1}', 'gdp_cny', '1', '2', 'code', '{}')"
        )
        keep_rows(connection, 1, "public", ["mart_made_up"])
        yield connection
        connection.rollback()


ALTERATIONS = [
    ('update ops.release_rows set content = \'{"county": 1, "gdp_cny": 3}\'', "rows_sha256"),
    ("delete from ops.release_rows", "rows_sha256"),
    ("update ops.release_row_changes set is_present = false", "rows_sha256"),
    ("delete from ops.release_row_changes", "rows_count"),
    ("insert into ops.release_rows values ('mart_made_up', 'x', '{}')", "that no release brought"),
    ("update ops.release_changes set new_value = '3'", "changes_sha256"),
    ("update ops.release_changes set cause = 'correction'", "changes_sha256"),
    ("delete from ops.release_changes", "changes_count"),
    ("delete from ops.release_row_seals", "release_row_seals and the ledger differ"),
]


@pytest.mark.parametrize(("statement", "named"), ALTERATIONS)
def test_a_row_of_a_release_that_was_altered_is_named(
    released: psycopg.Connection, monkeypatch: pytest.MonkeyPatch, statement: str, named: str
) -> None:
    monkeypatch.setattr(ledger, "connect", lambda role: _Open(released))
    ledger.verify()
    released.execute("set constraints all immediate")
    for table in ("release_rows", "release_row_changes", "release_changes", "release_row_seals"):
        released.execute(f"alter table ops.{table} disable trigger user")  # type: ignore[arg-type]
    released.execute(statement)  # type: ignore[arg-type]
    with pytest.raises(LedgerError, match=named):
        ledger.verify()


@pytest.mark.parametrize(
    ("alteration", "named"),
    [
        (lambda lines: lines, None),
        (lambda lines: [each.replace('gdp_cny\\": 2', 'gdp_cny\\": 3') for each in lines], "release 1 rows"),
        (lambda lines: [each for each in lines if "release 1 rows" not in each], "release 1 rows: 0 rows"),
        (lambda lines: [each.replace("corrected", "deleted") for each in lines], "release 1 changes"),
        (lambda lines: [*lines, lines[0]], "release 1"),
        (lambda lines: [*lines, json.dumps({"set": "release 9 rows", "line": "x"})], "release 9 rows"),
        (lambda lines: [each.replace("R4C2", "R4C9") for each in lines], r"verdict \d+ small"),
        (lambda lines: [*lines, "{}"], "of the rows is none"),
    ],
)
def test_exported_rows_are_held_against_the_entries_that_seal_them(
    released: psycopg.Connection, small_library: SmallLibrary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    alteration: Callable[[list[str]], list[str]], named: str | None,
) -> None:  # fmt: skip
    monkeypatch.setattr(ledger, "connect", lambda role: _Open(released))
    failing = [{"keys": {"a": 1}, "row_number": 1, "locator": "R4C2", "found": {"printed": "1"}}]
    entry = [{"id": "small", "failing_rows": 1, "failing_rows_sha256": failing_rows_sha256(failing)}]
    (verdict_id,) = released.execute(
        "insert into ops.verdicts (load_id, is_accepted, reason, expectations_declared, expectations_run, results) "
        "select max(load_id), true, '', 1, 1, %s from ops.loads returning verdict_id", (Jsonb(entry),),
    ).fetchone() or (None,)  # fmt: skip
    released.execute(
        "insert into ops.failing_rows (verdict_id, expectation_id, failing_number, keys, row_number, locator, found) "
        "values (%s, 'small', 1, '{\"a\": 1}', 1, 'R4C2', '{\"printed\": \"1\"}')", (verdict_id,),
    )  # fmt: skip
    export, rows = tmp_path / "ledger.jsonl", tmp_path / "rows.jsonl"
    ledger.export(export, rows=rows)
    lines = rows.read_text("utf-8").splitlines()
    assert {"release 1 rows", "release 1 changes", f"verdict {verdict_id} small"} <= {
        json.loads(line)["set"] for line in lines
    }
    altered = alteration(lines)
    assert (altered != lines) == (named is not None), "the alteration alters nothing"
    rows.write_text("\n".join(altered) + "\n", "utf-8")
    done = check_offline(export, "--rows", str(rows))
    if named is None:
        assert done.returncode == 0, done.stderr
        assert f"{len(lines)} rows in" in done.stdout
    else:
        assert done.returncode == 1
        assert re.search(named, done.stderr), done.stderr


def test_nobody_writes_the_ledger_by_hand(loaded: int) -> None:
    roles: tuple[Role, ...] = ("pipeline", "engineer", "auditor")
    for role in roles:
        with connect(role) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("insert into ops.ledger select * from ops.ledger limit 1")


def check_offline(export: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run the verifier as an auditor would: the file alone, without this project on the path."""
    command = [sys.executable, "-I", seal.__file__, str(export), *options]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_an_export_is_checked_without_a_warehouse(loaded: int, tmp_path: Path) -> None:
    export = tmp_path / "ledger.jsonl"
    assert ledger.export(export).entries == loaded
    done = check_offline(export)
    assert done.returncode == 0, done.stderr
    assert f"{loaded} entries hold" in done.stdout


@pytest.mark.parametrize(
    ("alteration", "named"),
    [
        (lambda lines: [*lines[:1], lines[1].replace("shanhai_pipeline", "shanhai_engineer"), *lines[2:]], "entry 2"),
        (lambda lines: [lines[0], *lines[2:]], "entry 2 is missing"),
        (lambda lines: [lines[1], lines[0], *lines[2:]], "entry 1 is missing"),
        (lambda lines: [*lines, lines[-1]], "is missing"),
        (lambda lines: [lines[0][:-5], *lines[1:]], "line 1 is no entry"),
    ],
)
def test_an_altered_export_is_named(
    loaded: int, tmp_path: Path, alteration: Callable[[list[str]], list[str]], named: str
) -> None:
    export = tmp_path / "ledger.jsonl"
    ledger.export(export)
    lines = export.read_text("utf-8").splitlines()
    export.write_text("\n".join(alteration(lines)) + "\n", "utf-8")
    done = check_offline(export)
    assert done.returncode == 1
    assert named in done.stderr
