"""Whatever bytes come, a carrier reads them or says with a ValueError why not."""

import contextlib
import io
import zipfile
from collections.abc import Callable

import pytest
import xlwt
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from shanhai.carriers.document import read_document
from shanhai.carriers.easyquery import read_easyquery
from shanhai.carriers.old_workbook import read_old_workbook
from shanhai.carriers.page import read_page
from shanhai.carriers.portable import read_portable
from shanhai.carriers.separated import read_separated
from shanhai.carriers.workbook import read_workbook


def workbook() -> bytes:
    book, file = Workbook(), io.BytesIO()
    assert book.active is not None
    book.active.append(["云和县", 95.14, "=1+1"])
    book.save(file)
    return file.getvalue()


def old_workbook() -> bytes:
    book, file = xlwt.Workbook(), io.BytesIO()
    book.add_sheet("1").write(0, 0, 95.14)
    book.save(file)
    return file.getvalue()


def document() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(
            "word/document.xml",
            '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:tbl><w:tr><w:tc>'
            '<w:tcPr><w:gridSpan w:val="2"/></w:tcPr><w:p><w:r><w:t>1</w:t></w:r></w:p></w:tc></w:tr></w:tbl>'
            "</w:document>",
        )
    return file.getvalue()


PDF = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>endobj
4 0 obj<</Length 73>>stream
10 10 40 50 re S 50 10 40 50 re S BT /F 10 Tf 20 20 Td (95.14) Tj ET
endstream endobj 5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj
trailer<</Size 6/Root 1 0 R>>
"""
ANSWER = (
    b'{"returncode":200,"returndata":{"datanodes":[{"data":{"data":1.5,"hasdata":true,"strdata":"1.5"},"wds":'
    b'[{"wdcode":"zb","valuecode":"A"},{"wdcode":"sj","valuecode":"2020"}]}],'
    b'"wdnodes":[{"wdcode":"zb","nodes":[{"code":"A","cname":"B"}]}]}}'
)
CARRIERS: dict[str, tuple[bytes, Callable[[bytes], object]]] = {
    "csv": ('地区,"人"\n云和县,1\n'.encode(), lambda content: read_separated(content, "utf-8")),
    "xlsx": (workbook(), lambda content: read_workbook(content, None)),
    "xls": (old_workbook(), lambda content: read_old_workbook(content, None)),
    "html": (b'<table><tr><td rowspan="2">1<td colspan=3>2</table>', lambda content: read_page(content, "utf-8", 1)),
    "docx": (document(), lambda content: read_document(content, 1)),
    "pdf": (PDF, lambda content: read_portable(content, 1, 1)),
    "json": (ANSWER, lambda content: read_easyquery(content, "utf-8")),
}


@pytest.mark.parametrize("carrier", CARRIERS)
@settings(max_examples=60, deadline=None, derandomize=True)
@given(data=st.data())
def test_broken_bytes_are_read_or_refused(carrier: str, data: st.DataObject) -> None:
    whole, read = CARRIERS[carrier]
    assert read(whole)
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, min(start + 8, len(whole))) | st.just(len(whole)))
    inserted = data.draw(st.binary(max_size=4) | st.sampled_from([b"999999999999", b"<", b'"', b"-1", b"null"]))
    broken = whole[:start] + inserted + whole[end:]
    with contextlib.suppress(ValueError):
        read(broken)
