"""Checks an exported ledger with nothing but Python: `python seal.py ledger.jsonl [--rows ROWS] [--key PUBLIC_KEY]`.

Each line of the export is one entry as JSON. An entry carries the SHA-256 of its parts and of the entry before it, so
that nothing can be altered, dropped, added, moved or dated back without breaking the chain from there on. Whoever kept
the hash of the last entry can tell whether the end was cut off; so can whoever has the public key of the installation,
for its sign-offs are entries too, each with an Ed25519 signature over the number and the hash of the entries before it.
Only `--key` needs a library beside Python's own, `cryptography`.

Where there are too many rows for entries of their own, an entry seals them as a set: `--rows` checks an export of them.
"""

import argparse
import base64
import binascii
import hashlib
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

START = "0" * 64


class LedgerError(RuntimeError):
    """The ledger was altered; the message names the entry."""


@dataclass(frozen=True)
class Entry:
    """One entry: a row of ops as it was written, sealed with the entry before; `happened_at` is UTC."""

    position: int
    happened_at: str
    actor: str
    event: str
    content: str
    previous_sha256: str
    entry_sha256: str

    def seal(self) -> str:
        """The hash that this entry must carry: SHA-256 of its parts, one a line, in UTF-8."""
        parts = (str(self.position), self.happened_at, self.actor, self.event, self.content, self.previous_sha256)
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


@dataclass(frozen=True)
class Verified:
    """How far a walk came: entries, the hash that stands for all of them, and how many of them are signed for."""

    entries: int
    head_sha256: str
    signed_entries: int = 0


def walk(entries: Iterable[Entry], public_key: str | None = None) -> Verified:
    """Walk the chain from its start; raises LedgerError naming the first entry that does not hold.

    With a public key (base64 of its 32 bytes), every sign-off must be signed with it and be true of the entries before.
    """
    previous, position, happened_at, signed = START, 0, "", 0
    heads = [START]
    for entry in entries:
        position += 1
        if entry.position != position:
            raise LedgerError(f"entry {position} is missing; {entry.position} stands in its place")
        if entry.previous_sha256 != previous:
            raise LedgerError(f"entry {position} does not follow the entry before it")
        if entry.seal() != entry.entry_sha256:
            raise LedgerError(f"entry {position} ({entry.event}) was altered")
        # Entries are written one at a time; a moment before that of the entry before is a date set back.
        if entry.happened_at < happened_at:
            raise LedgerError(f"entry {position} is dated {entry.happened_at}, before the entry before it")
        previous, happened_at = entry.entry_sha256, entry.happened_at
        heads.append(previous)
        if public_key is not None and entry.event == "sign_offs":
            signed = _check_sign_off(entry, heads, public_key)
    return Verified(position, previous, signed)


def signed_bytes(entries: int, head_sha256: str, statement: str) -> bytes:
    """What a sign-off signs: number of entries, hash of the last of them, statement, one a line, in UTF-8."""
    return "\n".join((str(entries), head_sha256, statement)).encode()


def check_signature(public_key: str, signature: str, message: bytes) -> bool:
    """Whether an Ed25519 signature over a message was made with the other half of the key; both in base64."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key, validate=True))
        key.verify(base64.b64decode(signature, validate=True), message)
    except (InvalidSignature, ValueError, binascii.Error):
        return False
    return True


def _check_sign_off(entry: Entry, heads: list[str], public_key: str) -> int:
    """The number of entries that a sign-off stands for; `heads` are the hashes of the entries so far."""
    try:
        written = json.loads(entry.content)
        count, head = int(written["ledger_entries"]), str(written["head_sha256"])
        statement, signature = str(written["statement"]), str(written["signature"])
    except (ValueError, KeyError, TypeError) as error:
        raise LedgerError(f"entry {entry.position} is no sign-off: {error}") from None
    if not check_signature(public_key, signature, signed_bytes(count, head, statement)):
        raise LedgerError(f"entry {entry.position} (sign_offs) is not signed with this key")
    if not 0 <= count < entry.position or heads[count] != head:
        raise LedgerError(f"entry {entry.position} (sign_offs) signs other entries than those before it")
    return count


def sealed_sets(entry: Entry) -> dict[str, str]:
    """The sets of rows that an entry seals: name → hash; those without rows are left out."""
    if entry.event not in ("release_row_seals", "verdicts"):
        return {}
    written = json.loads(entry.content)
    if entry.event == "verdicts":
        return {
            f"verdict {written['verdict_id']} {each['id']}": each["failing_rows_sha256"]
            for each in written["results"]
            if each.get("failing_rows")
        }
    return {
        f"release {written['release_id']} {kind}": written[f"{kind}_sha256"]
        for kind in ("rows", "changes")
        if written[f"{kind}_count"]
    }


def check_sets(sealed: Mapping[str, str], lines: Iterable[tuple[str, str]]) -> int:
    """Hold exported rows, as (set, line), against the hashes that seal them; returns how many there are.

    Failing rows are hashed in their order; rows of a release by the sorted hashes of each.
    """
    found: dict[str, list[str]] = {}
    for name, line in lines:
        found.setdefault(name, []).append(
            line if name.startswith("verdict ") else hashlib.sha256(line.encode()).hexdigest()
        )
    for name in sealed.keys() | found.keys():
        parts = found.get(name, [])
        parts = parts if name.startswith("verdict ") else sorted(parts)
        if hashlib.sha256("\n".join(parts).encode()).hexdigest() != sealed.get(name):
            raise LedgerError(f"{name}: {len(parts)} rows are not those that were sealed")
    return sum(map(len, found.values()))


def read_rows(path: Path) -> Iterator[tuple[str, str]]:
    """The rows of an export, each with the name of its set; raises LedgerError for a line that is none."""
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                row = json.loads(line)
                yield str(row["set"]), str(row["line"])
            except (ValueError, TypeError, KeyError) as error:
                raise LedgerError(f"line {number} of the rows is none: {error}") from None


def _noting(entries: Iterable[Entry], sealed: dict[str, str]) -> Iterator[Entry]:
    """The entries, while what they seal is noted."""
    for entry in entries:
        sealed |= sealed_sets(entry)
        yield entry


def read_export(path: Path) -> Iterator[Entry]:
    """The entries of an exported ledger; raises LedgerError for a line that is none."""
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                yield Entry(**json.loads(line))
            except (ValueError, TypeError) as error:
                raise LedgerError(f"line {number} is no entry: {error}") from None


def main() -> None:
    """Check the export named on the command line; exits with a message when it does not hold."""
    parser = argparse.ArgumentParser(description="Check an exported ledger · 校验导出的台账")
    parser.add_argument("export", type=Path)
    parser.add_argument("--key", help="public key of the installation, base64 · 公钥")
    parser.add_argument("--head", help="hash of the last entry, as it was kept elsewhere · 另存的末条指纹")
    parser.add_argument("--rows", type=Path, help="export of the rows that entries seal as sets · 行集导出")
    asked = parser.parse_args()
    sealed: dict[str, str] = {}
    rows = ""
    try:
        verified = walk(_noting(read_export(asked.export), sealed), asked.key)
        if asked.head not in (None, verified.head_sha256):
            raise LedgerError(f"the last entry is {verified.head_sha256}, not the one that was kept; the end is cut")
        if asked.key and not verified.signed_entries:
            raise LedgerError("no entry is a sign-off with this key; the end may be cut off")
        if asked.rows:
            rows = f", {check_sets(sealed, read_rows(asked.rows))} rows in {len(sealed)} sets · 行集完好"
    except LedgerError as error:
        sys.exit(f"ALTERED · 已被改动: {error}")
    signed = f", {verified.signed_entries} signed · 已签署" if asked.key else ""
    print(f"{verified.entries} entries hold · 条目完好{rows}{signed}  {verified.head_sha256}")


if __name__ == "__main__":
    main()
