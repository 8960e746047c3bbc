"""The archive: bytes of every publication under their SHA-256, written once and verified on every read.

It is a folder or any object store that fsspec knows, named by SHANHAI_ARCHIVE. Beside the bytes stands every origin
record they were archived with, under a hash of its own.
"""

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from fsspec import AbstractFileSystem
from fsspec.core import url_to_fs

from shanhai import settings


class ArchiveError(RuntimeError):
    """Archived bytes are missing or are not the bytes their name promises."""


def store(content: bytes, origin: Mapping[str, Any] | None = None) -> str:
    """Put bytes, and the origin record they came with, into the archive; returns the SHA-256 of the bytes.

    What is there already stays untouched; raises ArchiveError when it is not what its name promises.
    """
    digest = hashlib.sha256(content).hexdigest()
    _write_once(_name(digest), content)
    if origin is not None:
        record = json.dumps(origin, ensure_ascii=False, sort_keys=True, indent=1).encode()
        _write_once(f"{_name(digest)}.origin-{hashlib.sha256(record).hexdigest()}.json", record)
    return digest


def fetch(digest: str) -> bytes:
    """The archived bytes; raises ArchiveError when they are missing or altered."""
    return _verified(_name(digest), digest)


def origins(digest: str) -> Iterator[dict[str, Any]]:
    """Every origin record beside the bytes; raises ArchiveError for one that was altered."""
    files, root = _place()
    for path in sorted(files.glob(f"{root}/{_name(digest)}.origin-*.json")):
        name = f"{digest[:2]}/{path.rpartition('/')[2]}"
        promised = name.rpartition(".origin-")[2].removesuffix(".json")
        yield json.loads(_verified(name, promised))


def _name(digest: str) -> str:
    return f"{digest[:2]}/{digest}"


def _place() -> tuple[AbstractFileSystem, str]:
    files, root = url_to_fs(settings.archive_address())
    return files, root.rstrip("/")


def _verified(name: str, digest: str) -> bytes:
    files, root = _place()
    try:
        content: bytes = files.cat_file(f"{root}/{name}")
    except FileNotFoundError:
        raise ArchiveError(f"the archive lacks {name.rpartition('/')[2]}") from None
    if hashlib.sha256(content).hexdigest() != digest:
        raise ArchiveError(f"the archived bytes of {name.rpartition('/')[2]} were altered")
    return content


def _write_once(name: str, content: bytes) -> None:
    files, root = _place()
    path = f"{root}/{name}"
    if not files.exists(path):
        if "file" in files.protocol:
            _write_file(Path(path), content)
        else:
            # An object appears whole or not at all; that another process was quicker is seen below.
            files.makedirs(path.rpartition("/")[0], exist_ok=True)
            with suppress(FileExistsError):
                files.pipe_file(path, content, mode="create")
    if files.cat_file(path) != content:
        raise ArchiveError(f"the archived bytes of {name.rpartition('/')[2]} were altered")


def _write_file(target: Path, content: bytes) -> None:
    """Written aside and renamed, so that a killed process leaves no half a publication under a whole one's name."""
    target.parent.mkdir(parents=True, exist_ok=True)
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
