"""PDF tables with a text layer give cells by page, table, row and column; a scanned page is named."""

import zlib

import pytest
from tests.small_library import SmallLibrary

from shanhai.carriers.portable import read_portable
from shanhai.errors import PublicationError

DOCUMENT = """\
    relation: observations
    carrier: pdf
    period: 2020
    layout: {head_rows: [1, 2], page: 2, label_column: 地区, within: 浙江省}
    columns:
      - {head: 生产总值(亿元)>总量, indicator: gdp}
      - {head: 生产总值(亿元)>第一产业, indicator: primary_value_added}
"""
CELLS = [
    (50, 700, 100, 40, "地区"), (150, 720, 200, 20, "生产总值(亿元)"), (150, 700, 100, 20, "总量"),
    (250, 700, 100, 20, "第一产业"), (50, 680, 100, 20, "云和县"), (150, 680, 100, 20, "95.14"),
    (250, 680, 100, 20, "4.50"),
]  # fmt: skip


def drawn(cells: list[tuple[int, int, int, int, str]], ruled: bool = True) -> str:
    lines = []
    for left, bottom, width, height, text in cells:
        if ruled:
            lines.append(f"{left} {bottom} {width} {height} re S")
        if text:
            lines.append(f"BT /F1 10 Tf {left + 5} {bottom + 5} Td <{text.encode('utf-16-be').hex()}> Tj ET")
    return "\n".join(lines)


def ruled(lines: list[str]) -> str:
    """One page of a ruled table, its rows from the top, their cells parted by bars."""
    cells = []
    for number, line in enumerate(lines):
        for column, text in enumerate(line.split("|")):
            cells.append((50 + 150 * column, 700 - 20 * number, 150, 20, text))
    return drawn(cells)


def pdf(*pages: str) -> bytes:
    """A file of pages with one Chinese font, as the format's own standard fonts name it."""
    kids = " ".join(f"{5 + 2 * n} 0 R" for n in range(len(pages)))
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Count {len(pages)}/Kids[{kids}]>>",
        "<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts[4 0 R]>>",
        "<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)"
        "/Supplement 2>>/DW 1000/FontDescriptor<</Type/FontDescriptor/FontName/STSong-Light/Flags 6/Ascent 880"
        "/Descent -120/CapHeight 880/ItalicAngle 0/StemV 93/FontBBox[-25 -254 1000 880]>>>>",
    ]
    for number, page in enumerate(pages):
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents {6 + 2 * number} 0 R"
            "/Resources<</Font<</F1 3 0 R>>>>>>"
        )
        objects.append(f"<</Length {len(page)}>>\nstream\n{page}\nendstream")
    body, offsets = "%PDF-1.4\n", []
    for number, text in enumerate(objects, 1):
        offsets.append(len(body))
        body += f"{number} 0 obj\n{text}\nendobj\n"
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    size = len(objects) + 1
    trailer = f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<</Size {size}/Root 1 0 R>>\n"
    return f"{body}{trailer}startxref\n{len(body)}\n%%EOF\n".encode()


def test_a_ruled_table_with_merged_heads_reads(small_library: SmallLibrary) -> None:
    content = pdf("", drawn(CELLS))
    grid = read_portable(content, 2, 1)
    assert [[(c.text, c.spanned) for c in row] for row in grid.rows[:2]] == [
        [("地区", False), ("生产总值(亿元)", False), ("生产总值(亿元)", True)],
        [("地区", True), ("总量", False), ("第一产业", False)],
    ]
    reader = small_library.reader(small_library.add("bureau/gdp", "g.pdf", content, DOCUMENT))
    assert [(r["printed"], r["decimals"], r["locator"]) for r in reader.rows()] == [
        ("95.14", 2, "P2T1R3C2"),
        ("4.50", 2, "P2T1R3C3"),
    ]
    assert reader.printed_at("P2T1R3C3") == "4.50"


def test_a_table_without_lines_reads_where_declared() -> None:
    cells = [(50 + 150 * c, 700 - 25 * r, 100, 20, f"{r}{c}.5") for r in range(4) for c in range(3)]
    content = pdf(drawn(cells, ruled=False))
    with pytest.raises(ValueError, match="no table 1 on page 1; it has 0"):
        read_portable(content, 1, 1)
    printed = [[c.text for c in row] for row in read_portable(content, 1, 1, ruled=False).rows]
    assert [row for row in printed if any(row)] == [[f"{r}{c}.5" for c in range(3)] for r in range(4)]


@pytest.mark.parametrize(
    ("content", "page", "problem"),
    [
        (pdf("q 500 0 0 700 50 50 cm Q"), 1, "page 1 is scanned, has no text layer"),
        (pdf(drawn(CELLS)), 2, "no page 2; the file has 1"),
        (pdf(drawn(CELLS[:1], ruled=False)), 1, "no table 1 on page 1"),
        (b"%PDF-1.4\n" + b"\xff" * 500, 1, "the PDF is broken or locked"),
        (pdf(drawn(CELLS))[:300], 1, "broken or locked|no page 1"),
    ],
)
def test_a_file_without_such_a_table_is_refused(content: bytes, page: int, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        read_portable(content, page, 1)


@pytest.mark.parametrize(
    "damage",
    [
        (" 10 Tf", " (x) Tf"),  # a font without a size
        ("150 680 100 20 re", "150 680 (x) 20 re"),  # a cell without its corners
        ("155 685 Td", "(x) 685 Td"),  # a text without its place
        ("/F1 10", "/F2 10"),  # a font that is not there
        (" Tj", " Tq"),  # an order that nobody knows
    ],
)
def test_a_page_of_which_the_parser_leaves_something_out_is_refused(damage: tuple[str, str]) -> None:
    sound = drawn(CELLS)
    assert damage[0] in sound
    assert read_portable(pdf(sound), 1, 1).rows[2][1].text == "95.14"
    with pytest.raises(ValueError, match=r"something printed is lost|the PDF is broken"):
        read_portable(pdf(sound.replace(*damage, 1)), 1, 1)


@pytest.mark.parametrize("left", [0, 3, 10, 40])
def test_a_stream_cut_short_is_refused_though_part_of_it_unpacks(left: int) -> None:
    whole = zlib.compress(drawn(CELLS).encode())
    kept = whole[: len(whole) - left]
    packed = b"<</Length %d/Filter/FlateDecode>>\nstream\n%b" % (len(kept), kept)
    content = pdf("X").replace(b"<</Length 1>>\nstream\nX", packed)
    if not left:
        assert read_portable(content, 1, 1).rows[2][2].text == "4.50"
        return
    with pytest.raises(ValueError, match="the PDF is broken"):
        read_portable(content, 1, 1)


def test_a_bomb_in_a_stream_is_not_unpacked() -> None:
    packer = zlib.compressobj()
    bomb = b"".join(packer.compress(bytes(2**20)) for _ in range(260)) + packer.flush()
    with pytest.raises(ValueError, match="unpack to more than 268435456 bytes"):
        read_portable(b"%PDF-1.4\n1 0 obj<</Filter/FlateDecode>>stream\n" + bomb, 1, 1)


def test_the_refusal_names_edition_and_file(small_library: SmallLibrary) -> None:
    key = small_library.add("bureau/gdp", "g.pdf", pdf("", ""), DOCUMENT)
    with pytest.raises(PublicationError, match=r"edition 2020, the file: does not open as pdf: page 2 is scanned"):
        list(small_library.reader(key).rows())
