"""Separated values are decoded strictly; broken text is refused with its place."""

import pytest
from tests.small_library import SmallLibrary

from shanhai.carriers.decoding import decode
from shanhai.carriers.separated import read_separated
from shanhai.errors import DocumentError, PublicationError

TABLE = "地区,户籍人口(人)\r\n云和县,112635\r\n"
DOCUMENT = """\
    relation: observations
    carrier: csv
    encoding: {encoding}
    delimiter: {delimiter}
    period: 2020
    layout: {{head_rows: [1], label_column: 地区, within: 浙江省}}
    columns:
      - {{head: 户籍人口(人), indicator: registered_population}}
"""


@pytest.mark.parametrize(
    ("encoding", "content"),
    [
        ("utf-8", TABLE.encode()),
        ("utf-8", TABLE.encode("utf-8-sig")),
        ("gb18030", TABLE.encode("gb18030")),
        ("gb18030", ("\ufeff" + TABLE).encode("gb18030")),
        ("gbk", TABLE.encode("gbk")),
        ("utf-16", TABLE.encode("utf-16")),
        ("utf-16", b"\xfe\xff" + TABLE.encode("utf-16-be")),
    ],
)
def test_every_declared_encoding_reads(encoding: str, content: bytes) -> None:
    grid = read_separated(content, encoding)
    assert grid.rows[0][0].text == "地区"
    assert [(c.text, c.locator) for c in grid.rows[1]] == [("云和县", "R2C1"), ("112635", "R2C2")]


@pytest.mark.parametrize(
    ("encoding", "content", "problem"),
    [
        ("utf-8", TABLE.encode("gb18030"), "can't decode byte 0xb5 in position 0"),
        ("gbk", "価格€".encode("gb18030"), "can't decode byte"),
        ("gb18030", TABLE.encode("utf-8-sig"), "mark is of utf-8, the document declares gb18030"),
        ("utf-8", TABLE.encode("utf-16"), "mark is of utf-16"),
        ("utf-16", TABLE.encode("utf-16-le"), "UTF-16 without a byte order mark"),
        ("utf-16", TABLE.encode("utf-32"), "mark is of utf-32"),
        ("utf-8", "地区\n云\ufffd县".encode(), "line 2, char 4: .*S02"),
    ],
)
def test_what_is_not_of_the_declared_encoding_is_refused(encoding: str, content: bytes, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        read_separated(content, encoding)


def test_a_slipped_byte_is_found_though_it_decodes() -> None:
    whole = "？〔責任單位：省略".encode("gbk")
    slipped = b"\n?" + whole[3:-1]
    assert slipped.decode("gbk").startswith("\n?藏熑螁挝")
    with pytest.raises(ValueError, match=r"line 2, char \d: '藏熑螁挝'"):
        decode(slipped, "gbk")


def test_tabs_part_values_where_the_document_says_so(small_library: SmallLibrary) -> None:
    content = TABLE.replace(",", "\t").encode("utf-16")
    key = small_library.add("bureau/people", "p.tsv", content, DOCUMENT.format(encoding="utf-16", delimiter="tab"))
    reader = small_library.reader(key)
    (row,) = reader.rows()
    assert (row["division_code"], row["printed"], row["locator"]) == ("331125", "112635", "R2C2")
    assert reader.printed_at("R2C2") == "112635"


@pytest.mark.parametrize(
    ("content", "delimiter", "problem"),
    [
        (TABLE.encode(), "tab", "(?s)the head: .*differs from the approved one"),
        (b'\xe5\x9c\xb0,"open\r\n', "comma", "row 1: unexpected end of data"),
        (b"PK\x03\x04", "comma", "the bytes are zip, not csv"),
        ("地区,户籍人口(人)\r\n云和县,锟斤拷\r\n".encode(), "comma", "line 2, char 16: '锟斤拷'"),
    ],
)
def test_a_file_of_another_form_is_refused(
    small_library: SmallLibrary, content: bytes, delimiter: str, problem: str
) -> None:
    document = DOCUMENT.format(encoding="utf-8", delimiter=delimiter)
    with pytest.raises(PublicationError, match=problem):
        list(small_library.reader(small_library.add("bureau/people", "p.csv", content, document)).rows())


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (("delimiter: comma", "delimiter: pipe"), "delimiter: .*'comma', 'tab' or 'semicolon'"),
        (("encoding: utf-8", "encoding: latin-1"), "encoding: .*'utf-8', 'gb18030', 'gbk' or 'utf-16'"),
        (("head_rows: [1]", "head_rows: [1], sheet: 表一"), "a csv carrier has no sheet"),
        (("head_rows: [1]", "head_rows: [1], last_row: 1"), "last_row 1 is above"),
        (("head_rows: [1]", "head_rows: [2], first_row: 2"), "first_row 2 is not below the head"),
        (("head_rows: [1]", "head_rows: [2], first_column: 3, last_column: 2"), "last_column 2 is before"),
        (("carrier: csv", "carrier: xlsx"), "a xlsx carrier has no delimiter, encoding"),
        (("carrier: csv", "carrier: json"), "no `layout`"),
    ],
)
def test_an_option_of_another_carrier_is_refused(
    small_library: SmallLibrary, change: tuple[str, str], problem: str
) -> None:
    document = DOCUMENT.format(encoding="utf-8", delimiter="comma").replace(*change)
    with pytest.raises(DocumentError, match=problem):
        small_library.reader(small_library.add("bureau/people", "p.csv", TABLE.encode(), document))
