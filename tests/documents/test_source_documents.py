"""Documents are read strictly; what is wrong is named with file, line and what is allowed."""

from pathlib import Path

import pytest

from shanhai.documents.source import SourceDocument
from shanhai.documents.yaml_file import load_document
from shanhai.errors import DocumentError

GOOD = """\
title: {zh: 某县统计公报, en: Communiqué of a county}
licence: facts
relation: observations
carrier: text
symbols: {}
period: 2023
statements:
  - says: 生产总值{gdp}
editions:
  - edition: 2023
    file: communique.txt
    sha256: 0000000000000000000000000000000000000000000000000000000000000000
"""


def read(tmp_path: Path, text: str) -> SourceDocument:
    file = tmp_path / "table.yml"
    file.write_text(text, encoding="utf-8")
    return load_document(file, SourceDocument)


def test_what_is_written_is_text(tmp_path: Path) -> None:
    document = read(tmp_path, GOOD)
    assert document.period == "2023"
    assert document.editions[0].edition == "2023"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (("carrier: text", "carrier: fax"), r"table\.yml:4: carrier: .*'csv', 'xlsx', .*'json' or 'text'"),
        (("licence: facts", "licence: facts\nlicense: facts"), r"table\.yml:.*license: Extra inputs"),
        (("sha256: 0000", "sha256: zz00"), r"table\.yml:12: editions\.0\.sha256"),
        (("symbols: {}", "repair: [strip_ads]\nsymbols: {}"), "'strip_pinyin' or 'traditional_to_simplified'"),
        (("symbols: {}", "layout: {head_rows: [1]}\nsymbols: {}"), "a text has statements"),
        (("period: 2023", "period: 2023\nperiod: 2024"), "'period' stands twice"),
        (("symbols: {}\n", ""), "symbols: Field required"),
    ],
)
def test_an_error_names_file_line_and_what_is_allowed(tmp_path: Path, change: tuple[str, str], expected: str) -> None:
    broken = GOOD.replace(*change)
    assert broken != GOOD
    with pytest.raises(DocumentError, match=expected):
        read(tmp_path, broken)
