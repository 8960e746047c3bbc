"""Checks an exported ledger with nothing but Python: `python seal.py ledger.jsonl`.

Each line of the export is one entry as JSON. An entry carries the SHA-256 of its parts and of the entry before it, so
that nothing can be altered, dropped, added or moved without breaking the chain from there on. Whoever kept the hash of
the last entry can tell whether the end was cut off.
"""

import hashlib
import json
import sys
from collections.abc import Iterable, Iterator
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
    """How far a walk came: entries, and the hash that stands for all of them."""

    entries: int
    head_sha256: str


def walk(entries: Iterable[Entry]) -> Verified:
    """Walk the chain from its start; raises LedgerError naming the first entry that does not hold."""
    previous, position = START, 0
    for entry in entries:
        position += 1
        if entry.position != position:
            raise LedgerError(f"entry {position} is missing; {entry.position} stands in its place")
        if entry.previous_sha256 != previous:
            raise LedgerError(f"entry {position} does not follow the entry before it")
        if entry.seal() != entry.entry_sha256:
            raise LedgerError(f"entry {position} ({entry.event}) was altered")
        previous = entry.entry_sha256
    return Verified(position, previous)


def read_export(path: Path) -> Iterator[Entry]:
    """The entries of an exported ledger; raises LedgerError for a line that is none."""
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                yield Entry(**json.loads(line))
            except (ValueError, TypeError) as error:
                raise LedgerError(f"line {number} is no entry: {error}") from None


if __name__ == "__main__":
    try:
        verified = walk(read_export(Path(sys.argv[1])))
    except LedgerError as error:
        sys.exit(f"ALTERED · 已被改动: {error}")
    print(f"{verified.entries} entries hold · 条目完好  {verified.head_sha256}")
