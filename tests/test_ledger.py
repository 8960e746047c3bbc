"""The ledger holds every row of ops in order; what is altered, dropped or added is named."""

import subprocess
import sys
import uuid
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from shanhai import ledger, seal
from shanhai.load import load_edition
from shanhai.seal import LedgerError
from shanhai.settings import Role
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


def test_nobody_writes_the_ledger_by_hand(loaded: int) -> None:
    roles: tuple[Role, ...] = ("pipeline", "engineer", "auditor")
    for role in roles:
        with connect(role) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("insert into ops.ledger select * from ops.ledger limit 1")


def check_offline(export: Path) -> subprocess.CompletedProcess[str]:
    """Run the verifier as an auditor would: the file alone, without this project on the path."""
    command = [sys.executable, "-I", seal.__file__, str(export)]
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
