"""The archive keeps bytes once, and never hands out others than their name promises."""

from pathlib import Path

import pytest

from shanhai import archive


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder of its own."""
    monkeypatch.setenv("SHANHAI_HOME", str(tmp_path))
    return tmp_path


def only_file(home: Path) -> Path:
    (file,) = [f for f in (home / "archive").rglob("*") if f.is_file()]
    return file


def test_the_same_bytes_are_kept_once(home: Path) -> None:
    digest = archive.store("山海".encode())
    before = only_file(home).stat()
    assert archive.store("山海".encode()) == digest
    assert only_file(home).stat() == before
    assert archive.fetch(digest) == "山海".encode()


def test_altered_bytes_are_not_handed_out(home: Path) -> None:
    digest = archive.store(b"951435")
    file = only_file(home)
    file.chmod(0o644)
    file.write_bytes(b"951436")
    with pytest.raises(archive.ArchiveError, match="altered"):
        archive.fetch(digest)
    with pytest.raises(archive.ArchiveError, match="altered"):
        archive.store(b"951435")


def test_missing_bytes_are_named(home: Path) -> None:
    with pytest.raises(archive.ArchiveError, match="lacks"):
        archive.fetch("0" * 64)
