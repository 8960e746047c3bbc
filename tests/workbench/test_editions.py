"""`shanhai edition add`: bytes, origin record and entry are added together, or nothing is."""

import hashlib
from pathlib import Path

import pytest
from tests.small_library import HEAD, YEARBOOK, SmallLibrary
from tests.workbench.conftest import Run

from shanhai import settings
from shanhai.documents.catalogue import TableSource
from shanhai.documents.source import Edition, SourceDocument
from shanhai.documents.yaml_file import load_document
from shanhai.errors import DocumentError
from shanhai.workbench import editions
from shanhai.workbench.editions import NewEdition, add_edition, with_entry
from shanhai.workbench.lookup import find_source

FIRST = (HEAD + "云和县,951435,112635\r\n").encode("gb18030")
SECOND = (HEAD + "云和县,972846,112635\r\n").encode("gb18030")
ORIGIN = {
    "title": "某表",
    "publisher": "某局",
    "licence": "facts",
    "reliability": "official",
    "transcription": "as received",
}


@pytest.fixture
def source(small_library: SmallLibrary) -> TableSource:
    small_library.add("bureau/table", "t.csv", FIRST, YEARBOOK)
    return find_source("bureau/table", small_library.library)


@pytest.fixture
def arrived(tmp_path: Path) -> Path:
    file = tmp_path / "inbox" / "t_2021.csv"
    file.parent.mkdir()
    file.write_bytes(SECOND)
    return file


def new(content: bytes = SECOND, name: str = "t_2021.csv", **reading: str) -> NewEdition:
    return NewEdition(name, content, reading, ORIGIN)


def files(source: TableSource) -> dict[str, bytes]:
    folder = source.publications / source.publisher_id
    found = {str(path): path.read_bytes() for path in [*folder.iterdir(), *source.path.parent.iterdir()]}
    assert len(found) >= 4
    return found


def test_an_edition_is_added_whole(source: TableSource) -> None:
    before = source.path.read_text("utf-8")
    added = add_edition(source, "2021", new(period="2021")).edition("2021")
    assert added.sha256 == hashlib.sha256(SECOND).hexdigest()
    assert source.file(added).read_bytes() == SECOND
    assert source.origin(added).title == "某表"
    after = source.path.read_text("utf-8")
    assert after.startswith(before)
    assert after.removeprefix(before) == (
        f'  - {{edition: "2021", period: "2021", file: t_2021.csv, sha256: {added.sha256}}}\n'
    )


BLOCK = """\
# a comment of the document
title: {zh: 某表, en: A table}   # kept
editions:
  # of the first
  - edition: "2020"   # last year
    file: a.csv
    comment: >-
      two
      lines

# what comes after
notes: some
"""


def test_comments_layout_and_what_follows_are_kept(tmp_path: Path) -> None:
    text = with_entry(BLOCK, {"edition": "2021", "file": "b c.csv", "comment": "了: #1"}, tmp_path)
    added = '  - edition: "2021"\n    file: b c.csv\n    comment: "了: #1"\n'
    assert text == BLOCK.replace("      lines\n", "      lines\n" + added)


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("editions:\n- {edition: a, file: a.csv}\n@", "- {edition: b}\n"),
        ("editions:\r\n  - {edition: a}\r\n@notes: x\r\n", "  - {edition: b}\r\n"),
        ("editions:\n  - {edition: a,\n     file: b}  # c\n@# d\n", "  - {edition: b}\n"),
        ("editions:\n  - edition: a\n    statements:\n      - says: x\n@", "  - edition: b\n"),
    ],
)
def test_an_entry_is_written_as_the_last_one_is(tmp_path: Path, text: str, entry: str) -> None:
    assert with_entry(text.replace("@", ""), {"edition": "b"}, tmp_path) == text.replace("@", entry)


def test_every_bundled_document_takes_one_more(tmp_path: Path) -> None:
    documents = sorted(path for path in settings.SOURCES.glob("*/*.yml") if path.name != "publisher.yml")
    assert documents
    entry = {"edition": "9999", "period": "9999", "file": "f.txt", "sha256": "0" * 64}
    for number, path in enumerate(documents):
        text = path.read_text("utf-8")
        longer = tmp_path / f"{number}.yml"
        longer.write_text(with_entry(text, entry, path), "utf-8")
        before, after = load_document(path, SourceDocument), load_document(longer, SourceDocument)
        assert after.editions == [*before.editions, Edition.model_validate(entry)], path
        assert after.model_copy(update={"editions": before.editions}) == before
        left = [line for line in longer.read_text("utf-8").splitlines() if "9999" not in line]
        assert len(left) in (len(text.splitlines()), len(text.splitlines()) + 2), path


def test_a_last_line_without_an_end_gets_one(tmp_path: Path) -> None:
    assert with_entry("editions:\n- {edition: a}", {"edition": "b"}, tmp_path) == (
        "editions:\n- {edition: a}\n- {edition: b}\n"
    )


@pytest.mark.parametrize("text", ["editions: [{edition: a}]\n", "title: x\n", "editions: []\n"])
def test_editions_that_are_no_list_of_lines_are_told(tmp_path: Path, text: str) -> None:
    with pytest.raises(DocumentError, match="one entry a line"):
        with_entry(text, {"edition": "b"}, tmp_path)


@pytest.mark.parametrize(
    ("name", "edition", "expected"),
    [
        ("2020", new(), "edition '2020' is there already"),
        ("2021", new(FIRST, "other.csv"), "the same bytes are edition '2020' already"),
        ("2021", new(SECOND, "t.csv"), "holds other bytes; a publication is never overwritten"),
        ("2021", new(SECOND, "../t.csv"), "is not the name of a publication"),
        ("2021", new(SECOND, ".t.csv"), "is not the name of a publication"),
        ("2021", new(accum="WEEKLY"), "accum"),
        ("2021", NewEdition("t_2021.csv", SECOND, {}, ORIGIN | {"published_on": "soon"}), "published_on"),
        ("2021", NewEdition("t_2021.csv", SECOND, {}, {}), "title: Field required"),
    ],
)
def test_what_does_not_fit_changes_nothing(source: TableSource, name: str, edition: NewEdition, expected: str) -> None:
    before = files(source)
    with pytest.raises(DocumentError, match=expected):
        add_edition(source, name, edition)
    assert files(source) == before


def test_a_failing_disk_changes_nothing(source: TableSource, monkeypatch: pytest.MonkeyPatch) -> None:
    before, write = files(source), editions._write

    def full(path: Path, content: bytes) -> None:
        if path == source.path and content != before[str(source.path)]:
            raise OSError("no space left")
        write(path, content)

    monkeypatch.setattr(editions, "_write", full)
    with pytest.raises(OSError, match="no space left"):
        add_edition(source, "2021", new())
    assert files(source) == before


def test_a_publication_that_lies_there_keeps_its_record(source: TableSource) -> None:
    folder = source.publications / source.publisher_id
    (folder / "t_2021.csv").write_bytes(SECOND)
    (folder / "t_2021.csv.origin.yml").write_bytes((folder / "t.csv.origin.yml").read_bytes())
    added = add_edition(source, "2021", new()).edition("2021")
    assert source.origin(added).transcription == "made for a test"


def test_a_record_that_says_otherwise_is_not_passed_over(
    small_library: SmallLibrary, source: TableSource, arrived: Path, shanhai: Run
) -> None:
    folder = source.publications / source.publisher_id
    (folder / "t_2021.csv").write_bytes(SECOND)
    (folder / "t_2021.csv.origin.yml").write_bytes((folder / "t.csv.origin.yml").read_bytes())
    arguments = ["edition", "add", "bureau/table", arrived, "--edition", "2021", "--published-on", "2022-03-01"]
    done = shanhai(small_library.library, *arguments)
    assert done.exit_code == 1
    assert "published_on: the origin record beside the publication says '2021-03-01'" in done.output


def test_the_command_registers_and_shows(
    small_library: SmallLibrary, source: TableSource, arrived: Path, shanhai: Run
) -> None:
    done = shanhai(
        small_library.library, "edition", "add", "bureau/table", arrived, "--edition", "2021", "--period", "2021",
        "--published-on", "2022-03-01", "--reliability", "official",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    assert "edition 2021 added" in done.output
    assert "972846 万元" in done.output
    table = find_source("bureau/table", small_library.library)
    origin = table.origin(table.edition("2021"))
    assert (str(origin.published_on), origin.publisher, origin.title) == ("2022-03-01", "某局", "某表")
    assert table.edition("2021").published_on is None


def test_an_edition_that_does_not_read_is_registered_and_told(
    small_library: SmallLibrary, source: TableSource, arrived: Path, shanhai: Run
) -> None:
    arrived.write_bytes((HEAD + "云和市,1,2\r\n").encode("gb18030"))
    done = shanhai(
        small_library.library, "edition", "add", "bureau/table", arrived, "--edition", "2021", "--reliability", "news"
    )
    assert done.exit_code == 1
    assert "'云和市' names no division" in done.output
    assert find_source("bureau/table", small_library.library).edition("2021")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--edition", "2021"], "how reliable is it?"),
        (["--reliability", "official"], "--edition is needed"),
        (["--edition", "2020", "--reliability", "official"], "is there already"),
    ],
)
def test_what_cannot_be_registered_is_told(
    small_library: SmallLibrary, source: TableSource, arrived: Path, shanhai: Run, arguments: list[str], expected: str
) -> None:
    before = files(source)
    done = shanhai(small_library.library, "edition", "add", "bureau/table", arrived, *arguments)
    assert done.exit_code != 0
    assert expected in done.output
    assert files(source) == before


def test_new_files_of_a_folder_are_offered_by_name(
    small_library: SmallLibrary, source: TableSource, arrived: Path, shanhai: Run
) -> None:
    (arrived.parent / "known.csv").write_bytes(FIRST)
    (arrived.parent / "skipped.csv").write_bytes(SECOND + b"\r\n")
    (arrived.parent / "letter.pdf").write_bytes(b"%PDF")
    record = (source.publications / "bureau" / "t.csv.origin.yml").read_bytes()
    (arrived.parent / "t_2021.csv.origin.yml").write_bytes(record)
    done = shanhai(small_library.library, "edition", "add", "bureau/table", arrived.parent, input="\n2021\n2021\n")
    assert done.exit_code == 0, done.output
    assert "skipped.csv: name of the edition" in done.output
    assert "known.csv" not in done.output
    assert "letter.pdf" not in done.output
    table = find_source("bureau/table", small_library.library)
    assert [edition.edition for edition in table.document.editions] == ["2020", "2021"]
    assert table.origin(table.edition("2021")).transcription == "made for a test"


def test_a_folder_without_new_files_says_so(
    small_library: SmallLibrary, source: TableSource, tmp_path: Path, shanhai: Run
) -> None:
    (tmp_path / "empty").mkdir()
    done = shanhai(small_library.library, "edition", "add", "bureau/table", tmp_path / "empty")
    assert (done.exit_code, done.output.strip()) == (0, "nothing new in the folder · 没有新文件")


def test_other_bytes_of_an_edition_are_added_as_its_next_issue(
    small_library: SmallLibrary, source: TableSource, arrived: Path, shanhai: Run
) -> None:
    given = ["--edition", "2020", "--period", "2020", "--reliability", "official"]
    done = shanhai(small_library.library, "edition", "add", "bureau/table", arrived, *given, "--reissue")
    assert done.exit_code == 0, done.output
    issues = load_document(source.path, SourceDocument).editions
    assert [(each.edition, each.issue, each.sha256 == hashlib.sha256(SECOND).hexdigest()) for each in issues] == [
        ("2020", 1, False), ("2020", 2, True),
    ]  # fmt: skip


def test_what_was_never_published_is_not_reissued(
    small_library: SmallLibrary, source: TableSource, arrived: Path, shanhai: Run
) -> None:
    given = ["--edition", "2021", "--reliability", "official", "--reissue"]
    done = shanhai(small_library.library, "edition", "add", "bureau/table", arrived, *given)
    assert (done.exit_code, "is not there to reissue" in done.output) == (1, True)
