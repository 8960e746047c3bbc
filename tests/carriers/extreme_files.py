"""Files made to exhaust or mislead whoever reads them: `python -m tests.carriers.extreme_files [NAME …]`.

Reads each in turn and prints a line of JSON: how it ended, how many seconds and how much memory reading it took.
"""

import io
import json
import resource
import struct
import sys
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.carriers.sound_files import SOUND, SoundReader
from tests.carriers.test_document import cell, row, word
from tests.carriers.test_portable import drawn, pdf

from shanhai.errors import PublicationError

_PARTS = {
    "workbook": "xl/workbook.xml",
    "sheet": "xl/worksheets/sheet1.xml",
    "shared": "xl/sharedStrings.xml",
    "styles": "xl/styles.xml",
}
_LAUGHS = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">%s]><x>&a9;</x>' % b"".join(
    b'<!ENTITY a%d "%s">' % (n, b"&a%s;" % (b"" if n == 1 else b"%d" % (n - 1)) * 10) for n in range(1, 10)
)
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def with_parts(content: bytes, parts: dict[str, bytes], kind: int = zipfile.ZIP_STORED) -> bytes:
    """The archive with parts replaced or added, which are stored so that no bound on their ratio meets them first."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", kind) as new:
        kept = {name: old.read(name) for name in old.namelist()}
        for name, part in {**kept, **parts}.items():
            new.writestr(name, part)
    return made.getvalue()


def workbook(**parts: bytes) -> bytes:
    """The sound workbook with other parts: `workbook`, `sheet`, `shared` or `styles`."""
    return with_parts(SOUND["xlsx"].content, {_PARTS[name]: part for name, part in parts.items()})


def sheet(rows: str, after: str = "") -> bytes:
    """The XML of a sheet."""
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData>{after}</worksheet>'.encode()


def numbered(count: int, cell: str) -> str:
    """Rows of one cell each."""
    return "".join(f'<row r="{n}"><c r="A{n}"{cell}</c></row>' for n in range(1, count + 1))


def _bomb() -> bytes:
    return with_parts(SOUND["xlsx"].content, {"xl/media/1.png": bytes(2**26)}, zipfile.ZIP_DEFLATED)


def _lying_size() -> bytes:
    """A part that says in the directory it has a hundred bytes and unpacks to a gibibyte."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    bomb = b"".join(packer.compress(bytes(2**20)) for _ in range(1024)) + packer.flush()
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"x" * 100)
    content = bytearray(made.getvalue())
    header = content.index(b"PK\x01\x02")
    local = struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, 0, 8, 0, 33, 0, len(bomb), 100, 15, 0) + b"xl/workbook.xml"
    directory = content[header:]
    struct.pack_into("<III", directory, 16, 0, len(bomb), 100)
    end = directory.index(b"PK\x05\x06")
    struct.pack_into("<I", directory, end + 16, len(local) + len(bomb))
    return local + bomb + bytes(directory)


def _broken_checksum() -> bytes:
    content = bytearray(SOUND["xlsx"].content)
    at = content.index(b"PK\x01\x02", content.index(b"PK\x01\x02") + 4)
    while _PARTS["sheet"].encode() not in content[at : at + 80]:
        at = content.index(b"PK\x01\x02", at + 4)
    content[at + 16] ^= 1
    return bytes(content)


def _named_often() -> bytes:
    """A text of 32,000 characters that each of two hundred thousand cells names."""
    shared = f'<sst xmlns="{_MAIN}"><si><t>{"字" * 32_000}</t></si></sst>'
    return workbook(sheet=sheet(numbered(200_000, ' t="s"><v>0</v>')), shared=shared.encode())


def _outside() -> bytes:
    """A sheet that the workbook says lies outside the archive, and parts whose names climb out of it."""
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="rId1" Type="x" Target="../../../../etc/passwd"/></Relationships>'
    )
    outside = {"xl/_rels/workbook.xml.rels": relations.encode(), "../../../../etc/passwd": b"<worksheet/>"}
    return with_parts(SOUND["xlsx"].content, outside)


def _ring() -> bytes:
    """An old workbook whose table of sectors leads every sector back to the first."""
    content = bytearray(SOUND["xls"].content)
    (sector,) = struct.unpack_from("<i", content, 76)
    for entry in range(128):
        struct.pack_into("<i", content, 512 * (sector + 1) + 4 * entry, 0)
    return bytes(content)


def _page_loop() -> bytes:
    return pdf(drawn([(50, 700, 90, 20, "地区")])).replace(b"/Kids[5 0 R]", b"/Kids[2 0 R]")


def _crowded_page() -> bytes:
    return pdf("BT /F1 1 Tf\n" + "<4E00>Tj\n" * 2_000_000 + "ET")


def _table(rows: str) -> bytes:
    return f"<meta charset=utf-8><table>{rows}</table>".encode()


def _long_document() -> bytes:
    xml = f'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">{"<w:p/>" * 4_000_000}'
    return with_parts(SOUND["docx"].content, {"word/document.xml": f"{xml}</w:document>".encode()})


def _json(nodes: int) -> bytes:
    node = b'{"data":{"data":1,"hasdata":true,"strdata":"1"},"wds":[{"wdcode":"zb","valuecode":"A0201"}]}'
    return b'{"returncode":200,"returndata":{"wdnodes":[],"datanodes":[' + b",".join([node] * nodes) + b"]}}"


_MANY_NESTED = "<w:tbl><w:tr><w:tc>" * 5_000 + "</w:tc></w:tr></w:tbl>" * 5_000
_WIDE = '<w:gridSpan w:val="99999"/>'
_MERGED = "".join(f'<mergeCell ref="A{n}:XFD1048576"/>' for n in range(1, 50_001))
_MANY_COLUMNS = '<row r="1">' + "<c><v>1</v></c>" * 1_000_000 + "</row>"
_CORNER = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'

# Carrier, bytes, and what the refusal says.
EXTREMES: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "zip bomb": ("xlsx", _bomb, "unpacks to more than 400 times"),
    "zip bomb that lies about its size": ("xlsx", _lying_size, "archive is broken|XML is broken"),
    "checksum that does not agree": ("xlsx", _broken_checksum, "Bad CRC-32"),
    "names that climb out of the archive": ("xlsx", _outside, "no sheet of cells"),
    "billion laughs in a workbook": ("xlsx", lambda: workbook(workbook=_LAUGHS), "declares a document type"),
    "billion laughs in a sheet": ("xlsx", lambda: workbook(sheet=_LAUGHS), "declares a document type"),
    "billion laughs in shared texts": ("xlsx", lambda: workbook(shared=_LAUGHS), "declares a document type"),
    "billion laughs in a document": (
        "docx", lambda: with_parts(SOUND["docx"].content, {"word/document.xml": _LAUGHS}), "declares a document type",
    ),
    "million columns in a workbook": ("xlsx", lambda: workbook(sheet=sheet(_MANY_COLUMNS)), "16384 columns"),
    "last cell of the largest sheet": ("xlsx", lambda: workbook(sheet=sheet(_CORNER)), "more than 5000000 cells"),
    "row without an end": ("xlsx", lambda: workbook(sheet=sheet("<row>" + "<c/>" * 9_000_000)), "more than"),
    "long text named often": ("xlsx", _named_often, "texts of the table take more than"),
    "merged cells over merged cells": (
        "xlsx", lambda: workbook(sheet=sheet(numbered(1000, "><v>1</v>"), f"<mergeCells>{_MERGED}</mergeCells>")), "",
    ),
    "only errors": ("xlsx", lambda: workbook(sheet=sheet(numbered(300_000, ' t="e"><v>#N/A</v>'))), "no printed text"),
    "every row of another form": (
        "xlsx", lambda: workbook(sheet=sheet("".join(
            f'<row r="{n}">' + "".join(f'<c r="{c}{n}" s="{n}"><v>1</v></c>' for c in "ABCDEFGHIJ") + "</row>"
            for n in range(1, 60_001)
        ))), "the head",
    ),
    "styles nested deep": (
        "xlsx", lambda: workbook(styles=b"<styleSheet>" + b"<a>" * 300_000 + b"</a>" * 300_000 + b"</styleSheet>"),
        "XML is broken",
    ),
    "document of nested tables": ("docx", lambda: word(_MANY_NESTED), "XML is broken"),
    "document of wide cells": ("docx", lambda: word("<w:tbl>" + row(*[cell("", _WIDE)] * 6000) + "</w:tbl>"), "cells"),
    "document of a long text": ("docx", lambda: word("".join(f"<w:p>{n}</w:p>" for n in range(3_000_000))), "bytes"),
    "million columns in a csv": ("csv", lambda: b"1," * 1_000_000 + b"\n", "16384 columns"),
    "csv of commas": ("csv", lambda: b"," * 2**26, "more than 5000000 cells"),
    "csv of one quote": ("csv", lambda: b'"' + b"x\n" * 2**22, "row 1"),
    "csv larger than any": ("csv", lambda: b"1,1\n" * 2**25, "more than 67108864"),
    "million columns in a page": (
        "html", lambda: _table("<tr>" + "<td>1</td>" * 1_000_000 + "</tr>"), "more than 500000 elements",
    ),
    "page of wide spans": (
        "html", lambda: _table(("<tr>" + "<td colspan=1000 rowspan=65534>1</td>" * 50 + "</tr>") * 1000), "cells",
    ),
    "page of nested tables": ("html", lambda: b"<table><tr><td>" * 100_000, "the head"),
    "page of nested boxes": ("html", lambda: _table("<tr><td>" + "<div>" * 400_000 + "1"), "the head"),
    "page larger than any": ("html", lambda: _table("<tr><td>1</td></tr>" * 2_000_000), "more than 16777216"),
    "pages that hold themselves": ("pdf", _page_loop, "no page 1|no table 1|broken"),
    "page of two million letters": ("pdf", _crowded_page, "drawn by more than"),
    "nested answer": ("json", lambda: b"[" * 10_000_000, "nested too deep"),
    "answer of many figures": ("json", lambda: _json(160_000), "form|nobody|lacks|more than"),
    "answer of one long number": ("json", lambda: b'{"returncode":' + b"9" * 10_000_000 + b"}", "does not open"),
    "answer of a million lists": ("json", lambda: b'{"returncode":[' + b"[]," * 5_000_000 + b"0]}", "bytes of memory"),
    "page of a million elements": ("html", lambda: _table("<b>" * 5 + "<p>" * 4_000_000), "more than 500000 elements"),
    "document of a million elements": ("docx", _long_document, "bytes of memory|broken"),
    "text of one long figure": ("text", lambda: ("生产总值" + "9" * 2_000_000 + "万元").encode(), "statement"),
    "text of one phrase": ("text", lambda: "生产总值".encode() * 1_000_000, "statement"),
    "old workbook cut short": ("xls", lambda: SOUND["xls"].content[:2000], "broken or locked"),
    "old workbook whose chain of sectors is a ring": ("xls", _ring, "broken or locked"),
}  # fmt: skip


def _peak(reset: bool = False) -> float:
    """MiB of resident memory at most since the last reset; Linux tells it of a process."""
    if reset:
        Path("/proc/self/clear_refs").write_text("5")
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def endings(names: list[str]) -> Iterator[dict[str, object]]:
    """How the reading of each extreme file ended."""
    reader = SoundReader()
    reader.read("pdf", SOUND["pdf"].content)
    for name in names:
        carrier, make, _ = EXTREMES[name]
        content = make()
        before, started = _peak(reset=True), time.process_time()
        try:
            ending = f"read {len(reader.read(carrier, content))}"
        except PublicationError as error:
            ending = str(error)[:500]
        seconds, peak = time.process_time() - started, _peak()
        yield {
            "name": name, "ending": ending, "seconds": round(seconds, 1), "grown_mib": round(peak - before),
            "peak_mib": round(peak), "file_mib": round(len(content) / 2**20),
        }  # fmt: skip


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (2**30, resource.RLIM_INFINITY))
    for each in endings(sys.argv[1:] or list(EXTREMES)):
        print(json.dumps(each, ensure_ascii=False), flush=True)
