"""Generated passwords and keys, in one file that only its owner can read."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


def credentials_file() -> Path:
    """The file itself, mode 0600, inside the home folder."""
    from shanhai import settings

    return settings.home() / "credentials.json"


def read(server: str, name: str) -> str | None:
    """The secret stored for a name on a server, or None."""
    return _read_all().get(server, {}).get(name)


def ensure(server: str, name: str, make: Callable[[], str] = lambda: secrets.token_urlsafe(24)) -> str:
    """The secret of a name on a server; made once, the same ever after, also with several writers."""
    with _locked():
        known = _read_all()
        secret = known.setdefault(server, {}).get(name)
        if secret is None:
            secret = make()
            known[server][name] = secret
            write_private(credentials_file(), json.dumps(known, indent=2, ensure_ascii=False) + "\n")
        return secret


def write_private(path: Path, text: str) -> None:
    """Replace a file in one step; at no moment can anyone but its owner read it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
        out.write(text)
    beside.replace(path)


def _read_all() -> dict[str, dict[str, str]]:
    try:
        stored: dict[str, dict[str, str]] = json.loads(credentials_file().read_text("utf-8"))
    except FileNotFoundError:
        return {}
    return stored


@contextmanager
def _locked() -> Iterator[None]:
    lock = credentials_file().with_suffix(".lock")
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
