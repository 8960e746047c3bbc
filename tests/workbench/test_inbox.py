"""Publications that arrive by address: the entry, the bytes and the origin record come from what was fetched."""

from pathlib import Path

import pytest
from tests.small_library import HEAD, YEARBOOK, SmallLibrary
from tests.workbench.conftest import Run

from shanhai.errors import DocumentError
from shanhai.fetching import Fetched, FetchError, FetchPolicy, Validators
from shanhai.workbench import inbox
from shanhai.workbench.lookup import find_source

CONTENT = (HEAD + "云和县,972846,112635\r\n").encode("gb18030")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, FetchPolicy]]:
    """Every fetch; each is answered with the table."""
    requests: list[tuple[str, FetchPolicy]] = []

    def answer(url: str, policy: FetchPolicy) -> Fetched:
        requests.append((url, policy))
        return Fetched(url.replace("/old/", "/new/"), CONTENT, "text/csv", Validators())

    monkeypatch.setattr(inbox, "fetch", answer)
    return requests


def test_an_address_becomes_an_edition(
    small_library: SmallLibrary, asked: list[tuple[str, FetchPolicy]], shanhai: Run
) -> None:
    small_library.add("bureau/table", "t.csv", b"", YEARBOOK)
    url = "https://bureau.example/old/%E8%A1%A8.csv?id=1"
    done = shanhai(
        small_library.library, "edition", "add", "bureau/table", url, "--edition", "2021", "--reliability", "official"
    )
    assert done.exit_code == 0, done.output
    table = find_source("bureau/table", small_library.library)
    edition = table.edition("2021")
    assert (edition.file, table.file(edition).read_bytes()) == ("表.csv", CONTENT)
    origin = table.origin(edition)
    assert origin.address == url
    assert origin.retrieved_on is not None
    ((_, policy),) = asked
    assert "text/csv" in policy.media_types
    assert not policy.allow_private


def test_an_address_that_names_no_file_needs_a_name(
    small_library: SmallLibrary, asked: list[tuple[str, FetchPolicy]]
) -> None:
    small_library.add("bureau/table", "t.csv", b"", YEARBOOK)
    source = find_source("bureau/table", small_library.library)
    with pytest.raises(DocumentError, match="give --file-name"):
        inbox.received("https://bureau.example/", source)
    assert inbox.received("https://bureau.example/", source, "t.csv", allow_private=True).name == "t.csv"
    assert [policy.allow_private for _, policy in asked] == [False, True]


def test_what_cannot_be_fetched_is_told_in_a_line(small_library: SmallLibrary, shanhai: Run, tmp_path: Path) -> None:
    small_library.add("bureau/table", "t.csv", b"", YEARBOOK)
    url = "http://127.0.0.1:9/t.csv"
    with pytest.raises(FetchError):
        inbox.received(url, find_source("bureau/table", small_library.library))
    done = shanhai(small_library.library, "edition", "add", "bureau/table", url, "--edition", "2021")
    assert done.exit_code == 1
    assert "an address of this network" in done.output
