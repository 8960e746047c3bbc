"""Rows that are alike are read column by column, and say what they say when they are read cell by cell."""

import pytest
from tests.small_library import HEAD, YEARBOOK, SmallLibrary

from shanhai.errors import PublicationError
from shanhai.reading.alike_rows import AlikeReader
from shanhai.reading.edition import EditionReader
from shanhai.reading.figure_blocks import FigureBlock
from shanhai.reading.publication import Row

COUNTIES = ("云和县", "庆元县", "缙云县", "遂昌县", "松阳县", "景宁畲族自治县")
PLAIN = [f"{county},{951435 + n}.{n},{112635 + n}" for n, county in enumerate(COUNTIES)]


def reader(small: SmallLibrary, rows: list[str], document: str = YEARBOOK, head: str = HEAD) -> EditionReader:
    content = (head + "".join(f"{row}\r\n" for row in rows)).encode("gb18030")
    return small.reader(small.add("bureau/yearbook", "y.csv", content, document))


def cell_by_cell(monkeypatch: pytest.MonkeyPatch, reader: EditionReader) -> list[Row]:
    with monkeypatch.context() as patch:
        patch.setattr(AlikeReader, "figures", AlikeReader._each)
        return list(reader.rows())


def blocks(reader: EditionReader) -> list[int]:
    """The first row number of each part that is a block."""
    return [number for number, part in reader.parts() if isinstance(part, FigureBlock)]


@pytest.mark.parametrize(
    ("rows", "blocks_at"),
    [
        (PLAIN, [1]),
        (PLAIN[:2], []),
        ([*PLAIN[:3], "莲都区,,412635", *PLAIN[3:]], [1, 9]),
        ([*PLAIN[:3], "莲都区,951435①,412635", *PLAIN[3:]], [1, 9]),
        (["莲都区,951435,412635", *PLAIN, "注：某注"], [1]),
        ([*PLAIN[:2], "莲都区,951435,", *PLAIN[2:]], [7]),
        ([row.replace("951435", "00951435") for row in PLAIN], [1]),
    ],
)
def test_alike_rows_say_what_their_cells_say(
    small_library: SmallLibrary, monkeypatch: pytest.MonkeyPatch, rows: list[str], blocks_at: list[int]
) -> None:
    expected = cell_by_cell(monkeypatch, reader(small_library, rows))
    assert len(expected) == 2 * len([row for row in rows if not row.startswith("注")])
    assert list(reader(small_library, rows).rows()) == expected
    assert blocks(reader(small_library, rows)) == blocks_at


def test_rows_of_several_levels_and_declared_groups_are_told_apart(
    small_library: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = YEARBOOK.replace("within: 浙江省", "within: 浙江省, labels: {浙东北: {kind: division_group}}")
    rows = ["浙江省,777154000,50000000", "浙东北,400000000,30000000", "杭州市,187530000,8340000", *PLAIN]
    expected = cell_by_cell(monkeypatch, reader(small_library, rows, document))
    assert list(reader(small_library, rows, document).rows()) == expected
    assert [row["subject_kind"] for row in expected[:6:2]] == ["division", "division_group", "division"]
    assert blocks(reader(small_library, rows, document)) == [5]


@pytest.mark.parametrize(
    ("row", "problem", "read"),
    [
        ("云和市,951435,112635", "cell R8C2 .*'云和市' names no division", 8),
        ("莲都区,951435,12", "cell R8C3 .*outside 5000 to", 9),
        ("莲都区,951435,112635112635", "cell R8C3 .*several numbers", 9),
        ("莲都区,951435", "the row ends before this column", 9),
        ("其中：某乡,951435,112635", "row 8 .*其中", 8),
    ],
)
def test_a_row_among_alike_ones_is_refused_at_its_place_after_those_above(
    small_library: SmallLibrary, row: str, problem: str, read: int
) -> None:
    refused = reader(small_library, [*PLAIN[:4], row, *PLAIN[4:]])
    with pytest.raises(PublicationError, match=problem):
        list(refused.parts())
    assert refused.tally.rows == read
