"""One small sound edition per carrier, with the document that reads it: what the hostile tests start from."""

import io
import tempfile
from dataclasses import dataclass
from pathlib import Path

import xlwt
from openpyxl import Workbook
from tests.carriers.test_document import cell, row, word
from tests.carriers.test_easyquery import answer, node
from tests.carriers.test_portable import drawn, pdf
from tests.small_library import SmallLibrary

from shanhai.reading.edition import EditionReader

_ROWS: list[list[str | float]] = [["地区", "地区生产总值(亿元)"], ["云和县", 95.14], ["庆元县", 3.4]]
_DOCUMENT = """\
relation: observations
carrier: {carrier}
period: 2020
{options}columns:
  - {{head: {head}, indicator: gdp}}
"""
_LAYOUT = "layout: {head_rows: [1], label_column: 地区, within: 浙江省}\n"
_TEXT = "relation: observations\ncarrier: text\nsubject: 云和县\nperiod: 2020\nstatements:\n  - says: 生产总值{gdp}\n"


def _separated(delimiter: str = ",") -> str:
    return "".join(delimiter.join(map(str, each)) + "\r\n" for each in _ROWS)


def _workbook() -> bytes:
    book, file = Workbook(), io.BytesIO()
    assert book.active is not None
    for each in _ROWS:
        book.active.append(each)
    book.active["B3"].number_format = "0.00"
    book.active["D1"] = "=1+1"
    book.active.merge_cells("D2:E2")
    book.save(file)
    return file.getvalue()


def _old_workbook() -> bytes:
    book, file = xlwt.Workbook(encoding="utf-8"), io.BytesIO()
    sheet = book.add_sheet("1")
    for r, each in enumerate(_ROWS):
        for c, value in enumerate(each):
            sheet.write(r, c, value)
    book.save(file)
    return file.getvalue()


def _page() -> bytes:
    rows = "".join(f"<tr><td rowspan=1>{a}</td><td colspan='1'>{b}</td></tr>" for a, b in _ROWS)
    return f"<html><meta charset=utf-8><body><table>{rows}</table></body></html>".encode()


def _word() -> bytes:
    return word("<w:tbl>" + "".join(row(*(cell(str(text)) for text in each)) for each in _ROWS) + "</w:tbl>")


def _pdf() -> bytes:
    cells = [
        (50 + 150 * c, 700 - 20 * r, 150, 20, str(text)) for r, each in enumerate(_ROWS) for c, text in enumerate(each)
    ]
    return pdf(drawn(cells))


@dataclass(frozen=True)
class SoundFile:
    """The bytes of an edition and what its document says beside the carrier."""

    carrier: str
    content: bytes
    options: str = _LAYOUT
    head: str = "地区生产总值(亿元)"

    @property
    def document(self) -> str:
        """The source document without its editions."""
        if self.carrier == "text":
            return _TEXT
        return _DOCUMENT.format(carrier=self.carrier, options=self.options, head=self.head)


SOUND: dict[str, SoundFile] = {
    "csv": SoundFile("csv", _separated().encode("utf-8-sig")),
    "tsv": SoundFile("csv", _separated("\t").encode(), "delimiter: tab\n" + _LAYOUT),
    "csv in gb18030": SoundFile("csv", _separated().encode("gb18030"), "encoding: gb18030\n" + _LAYOUT),
    "csv in utf-16": SoundFile("csv", _separated().encode("utf-16"), "encoding: utf-16\n" + _LAYOUT),
    "xlsx": SoundFile("xlsx", _workbook(), _LAYOUT.replace("{", "{last_column: 2, ")),
    "xls": SoundFile("xls", _old_workbook()),
    "html": SoundFile("html", _page()),
    "docx": SoundFile("docx", _word()),
    "pdf": SoundFile("pdf", _pdf()),
    "json": SoundFile("json", answer(node("A0201", "330000", "2020", "62462.0")), "", "A0201"),
    "text": SoundFile("text", "2020年，全县生产总值951435万元，比上年增长4.1%。".encode()),
}


class SoundReader:
    """Reads other bytes as the editions of the sound files are read, by their documents."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory()
        library = SmallLibrary(Path(self._folder.name))
        self._readers = {}
        for number, (name, file) in enumerate(SOUND.items()):
            key = library.add(f"bureau/sound_{number}", f"{number}.{file.carrier}", file.content, file.document)
            self._readers[name] = library.reader(key)

    def read(self, name: str, content: bytes) -> list[dict[str, object]]:
        """Every row of the bytes; raises PublicationError where they do not read."""
        sound = self._readers[name]
        return list(EditionReader(sound.source, sound.edition, content, sound.reference, sound.register).rows())
