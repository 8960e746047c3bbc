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


@pytest.mark.parametrize("verb", ["update {} set load_id = 1", "delete from {}", "truncate {} cascade"])
@pytest.mark.parametrize("table", ["ops.loads", "ops.verdicts", "staging.observations"])
def test_the_owner_changes_nothing_either(loaded: int, verb: str, table: str) -> None:
    with connect("owner") as connection, pytest.raises(psycopg.errors.InsufficientPrivilege, match="never changed"):
        connection.execute(verb.format(table))  # type: ignore[arg-type]


def test_nobody_writes_the_ledger_by_hand(loaded: int) -> None:
    for role in ("pipeline", "engineer", "auditor"):
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
