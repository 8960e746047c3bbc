"""The archive keeps bytes once, wherever it is, and never hands out others than their name promises."""

import uuid
from pathlib import Path

import fsspec
import pytest
from fsspec import AbstractFileSystem

from shanhai import archive

ORIGIN = {"title": "某表", "publisher": "某局"}


@pytest.fixture(params=["folder", "object store"])
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AbstractFileSystem:
    """An empty archive: the folder that is the default, or objects of a store in memory."""
    monkeypatch.setenv("SHANHAI_HOME", str(tmp_path))
    monkeypatch.delenv("SHANHAI_ARCHIVE", raising=False)
    if request.param == "folder":
        return fsspec.filesystem("dir", path=str(tmp_path / "archive"))
    root = f"/{uuid.uuid4().hex}"
    monkeypatch.setenv("SHANHAI_ARCHIVE", f"memory:/{root}")
    return fsspec.filesystem("dir", path=root, fs=fsspec.filesystem("memory"))


def only_file(place: AbstractFileSystem) -> str:
    (file,) = place.find("")
    return str(file)


def overwrite(place: AbstractFileSystem, file: str, content: bytes) -> None:
    """As somebody with access to the store could."""
    place.rm(file)
    place.pipe_file(file, content)


def test_the_same_bytes_are_kept_once(place: AbstractFileSystem) -> None:
    digest = archive.store("山海".encode())
    before = place.modified(only_file(place))
    assert archive.store("山海".encode()) == digest
    assert place.modified(only_file(place)) == before
    assert only_file(place) == f"{digest[:2]}/{digest}"
    assert archive.fetch(digest) == "山海".encode()


def test_altered_bytes_are_not_handed_out(place: AbstractFileSystem) -> None:
    digest = archive.store(b"951435")
    overwrite(place, only_file(place), b"951436")
    with pytest.raises(archive.ArchiveError, match="altered"):
        archive.fetch(digest)
    with pytest.raises(archive.ArchiveError, match="altered"):
        archive.store(b"951435")


def test_every_origin_record_stands_beside_the_bytes(place: AbstractFileSystem) -> None:
    digest = archive.store(b"951435", ORIGIN)
    archive.store(b"951435", ORIGIN)
    assert list(archive.origins(digest)) == [ORIGIN]
    archive.store(b"951435", {**ORIGIN, "address": "https://example.org"})
    assert len(list(archive.origins(digest))) == 2


def test_an_altered_origin_record_is_not_handed_out(place: AbstractFileSystem) -> None:
    digest = archive.store(b"951435", ORIGIN)
    (record,) = [file for file in place.find("") if file.endswith(".json")]
    overwrite(place, record, b"{}")
    with pytest.raises(archive.ArchiveError, match="altered"):
        list(archive.origins(digest))


def test_a_writer_that_comes_second_overwrites_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = f"memory://{tmp_path}"
    monkeypatch.setenv("SHANHAI_ARCHIVE", root)
    digest = archive.store(b"951435")
    store = fsspec.filesystem("memory")
    (file,) = store.find(str(tmp_path))
    store.pipe_file(file, b"951436")
    looks = iter([False])
    there = type(store).exists
    # The race: the object was not there yet when the second writer looked.
    monkeypatch.setattr(type(store), "exists", lambda *given: next(looks, None) is None and there(*given))
    with pytest.raises(archive.ArchiveError, match="altered"):
        archive.store(b"951435")
    assert store.cat_file(f"{tmp_path}/{digest[:2]}/{digest}") == b"951436"


def test_missing_bytes_are_named(place: AbstractFileSystem) -> None:
    with pytest.raises(archive.ArchiveError, match="lacks"):
        archive.fetch("0" * 64)
