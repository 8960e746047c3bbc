"""Sign-offs: the head of the ledger under the installation's key, checked by whoever has the public half."""

import json
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from shanhai import ledger, seal, settings, signing
from shanhai.load import load_edition
from shanhai.seal import Entry, LedgerError
from tests.small_library import HEAD, YEARBOOK, SmallLibrary


@pytest.fixture(scope="module")
def lines(scratch_warehouse: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[str]]:
    """The export of a ledger with a load, a sign-off, and a load after it; the key stays for the module."""
    folder = tmp_path_factory.mktemp("signed")
    small = SmallLibrary(folder)
    content = (HEAD + "云和县,869947,113777\r\n").encode("gb18030")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SHANHAI_SIGNING_KEY", str(folder / "keys" / "key.pem"))
        load_edition(small.add("bureau/before", "y.csv", content, YEARBOOK), small.library)
        signing.sign_off("seen and found right")
        load_edition(small.add("bureau/after", "y.csv", content, YEARBOOK), small.library)
        ledger.export(folder / "ledger.jsonl")
        yield (folder / "ledger.jsonl").read_text("utf-8").splitlines()


def check(lines: list[str], folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """As an auditor would, without this project on the path."""
    export = folder / "export.jsonl"
    export.write_text("\n".join(lines) + "\n", "utf-8")
    command = [sys.executable, "-I", seal.__file__, str(export), *options]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_sign_off_is_checked_offline_and_in_the_warehouse(lines: list[str], tmp_path: Path) -> None:
    done = check(lines, tmp_path, "--key", signing.public_key())
    assert done.returncode == 0, done.stderr
    assert f"{len(lines)} entries hold · 条目完好, " in done.stdout
    verified = ledger.verify(public_key=signing.public_key())
    assert 0 < verified.signed_entries < verified.entries == len(lines)


def test_another_key_did_not_sign(lines: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHANHAI_SIGNING_KEY", str(tmp_path / "other.pem"))
    other = signing.public_key()
    assert "not signed with this key" in check(lines, tmp_path, "--key", other).stderr
    with pytest.raises(LedgerError, match="not signed with this key"):
        ledger.verify(public_key=other)


def test_an_end_that_was_cut_off_is_found_by_whoever_kept_the_head(lines: list[str], tmp_path: Path) -> None:
    head = json.loads(lines[-1])["entry_sha256"]
    assert check(lines, tmp_path, "--head", head).returncode == 0
    assert "the end is cut" in check(lines[:-1], tmp_path, "--head", head).stderr


def hashed_anew(entries: list[Entry]) -> list[str]:
    """The forger's export: every hash made again, so that the chain holds by itself."""
    previous, made = seal.START, []
    for position, entry in enumerate(entries, 1):
        linked = replace(entry, position=position, previous_sha256=previous)
        previous = linked.seal()
        made.append(json.dumps(asdict(replace(linked, entry_sha256=previous)), ensure_ascii=False))
    return made


FORGERIES: dict[str, tuple[Callable[[list[Entry]], list[Entry]], str]] = {
    "an actor": (lambda e: [replace(e[0], actor="other"), *e[1:]], "signs other entries than those before it"),
    "an entry dropped": (lambda e: e[1:], "signs other entries than those before it"),
    "two entries swapped": (lambda e: [e[1], e[0], *e[2:]], "signs other entries|is dated"),
    "the sign-off dropped": (lambda e: [x for x in e if x.event != "sign_offs"], "no entry is a sign-off"),
    "a date": (lambda e: [*e[:-1], replace(e[-1], happened_at="2020-01-01T00:00:00.000000Z")], "is dated 2020-01-01"),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_ledger_that_was_hashed_anew_is_found_out(lines: list[str], tmp_path: Path, forgery: str) -> None:
    change, named = FORGERIES[forgery]
    entries = [Entry(**json.loads(line)) for line in lines]
    assert hashed_anew(entries) == lines
    forged = hashed_anew(change(entries))
    done = check(forged, tmp_path, "--key", signing.public_key())
    assert done.returncode == 1
    assert any(part in done.stderr for part in named.split("|")), done.stderr


def test_the_key_is_made_once_and_for_its_account_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHANHAI_SIGNING_KEY", str(tmp_path / "key.pem"))
    assert signing.public_key() == signing.public_key()
    key = settings.signing_key_file()
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    key.chmod(0o644)
    with pytest.raises(signing.SigningKeyError, match="can be read by others"):
        signing.public_key()
    key.chmod(0o600)
    key.write_text("no key")
    with pytest.raises(signing.SigningKeyError, match="holds no private key") as caught:
        signing.public_key()
    assert caught.value.__suppress_context__


def test_the_key_is_outside_the_tree(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("SHANHAI_SIGNING_KEY", raising=False)
    monkeypatch.setenv("SHANHAI_HOME", str(tmp_path))
    assert settings.signing_key_file().parent == tmp_path
