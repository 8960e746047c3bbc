"""The archive: bytes of every publication under their SHA-256, written once and verified on every read."""

import hashlib
import os
import tempfile
from pathlib import Path

from shanhai import settings


class ArchiveError(RuntimeError):
    """Archived bytes are missing or are not the bytes their name promises."""


def store(content: bytes) -> str:
    """Put bytes into the archive and return their SHA-256; bytes already there stay untouched."""
    digest = hashlib.sha256(content).hexdigest()
    target = _path(digest)
    if target.exists():
        fetch(digest)
        return digest
    target.parent.mkdir(parents=True, exist_ok=True)
    # Written aside and renamed, so that a killed process leaves no half a publication under a whole one's name.
    handle, temporary = tempfile.mkstemp(dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o444)
        Path(temporary).replace(target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return digest


def fetch(digest: str) -> bytes:
    """The archived bytes; raises ArchiveError when they are missing or altered."""
    try:
        content = _path(digest).read_bytes()
    except FileNotFoundError:
        raise ArchiveError(f"the archive lacks {digest}") from None
    if hashlib.sha256(content).hexdigest() != digest:
        raise ArchiveError(f"the archived bytes of {digest} were altered")
    return content


def _path(digest: str) -> Path:
    return settings.archive() / digest[:2] / digest
