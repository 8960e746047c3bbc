"""Writes publications, origin records and source documents of a test into a library of their own."""

import hashlib
import shutil
import textwrap
from pathlib import Path

from shanhai import settings
from shanhai.documents.catalogue import Catalogue
from shanhai.library import Library
from shanhai.load import EditionKey
from shanhai.reading.edition import EditionReader

_PUBLISHER = "name: {zh: 某局, en: A bureau}\ndescription: {zh: 测试用, en: For a test}\n"
_ORIGIN = """\
title: 某表
publisher: 某局
licence: facts
reliability: official
transcription: made for a test
published_on: 2021-03-01
"""

# A county table as yearbooks print it: names, units and a remark above the counties.
YEARBOOK = """\
    relation: observations
    carrier: csv
    encoding: gb18030
    period: 2020
    estimate_round: FINAL
    layout: {head_rows: [1, 2, 3], unit_row: 2, remark_rows: [3], label_column: Area, within: 浙江省}
    columns:
      - {head: 地区生产总值, indicator: gdp}
      - {head: 户籍人口, indicator: registered_population}
"""
HEAD = "Area,地区生产总值,户籍人口\r\nUnit,万元,人\r\nRemark,\r\n"

# A page with merged heads, and a communiqué with two vintages.
CITIES = """\
    relation: observations
    carrier: html
    period: 2015
    layout:
      head_rows: [1, 2]
      label_column: 城市
      within: 浙江省
      labels: {浙东北: {kind: division_group}, 位次: {kind: rank}}
    columns:
      - {head: 生产总值(亿元)>第一产业, indicator: primary_value_added}
      - {head: 财政总收入(亿元), indicator: budget_revenue}
"""
PAGE = """<table>
<tr><th rowspan="2">城市</th><th>生产总值<br>（亿元）</th><th rowspan="2">财政总<br>收入(亿元)</th></tr>
<tr><th>第一<br>产业</th></tr>
<tr><td>浙东北</td><td>1144.27</td><td>6039.77</td></tr><tr><td>杭州市</td><td> 287.95 </td><td></td></tr>
<tr><td>位次</td><td>1</td><td>2</td></tr></table>"""
COMMUNIQUE = """\
    relation: observations
    carrier: text
    subject: 云和县
    period: 2022
    estimate_round: PRELIM
    statements:
      - says: 全县生产总值{gdp}，按可比价格计算，比上年{gdp_real_growth}
      - says: 经最终核实，2021年全县生产总值{gdp}
        period: previous
        estimate_round: FINAL
"""
TEXT = "初步核算，全县生产总值951435万元，按可比价格计算，比上年下降4.1%。经最终核实，2021年全县生产总值972846万元。"


class SmallLibrary:
    """A library whose divisions are the bundled ones and whose tables a test adds."""

    def __init__(self, root: Path) -> None:
        self._sources, self._published, self._seeds = root / "sources", root / "published", root / "seeds"
        for folder, made in ((settings.SOURCES, self._sources), (settings.PUBLISHED, self._published)):
            shutil.copytree(folder / "ministry_of_civil_affairs", made / "ministry_of_civil_affairs")

    @property
    def library(self) -> Library:
        """The library as it is now."""
        seeds = self._seeds if self._seeds.exists() else settings.DBT_PROJECT / "seeds"
        return Library(Catalogue(self._sources, self._published), seeds)

    def add_indicators(self, rows: str) -> None:
        """Add rows to the register of indicators: the first eight fields of each, parted by commas."""
        if not rows:
            return
        shutil.copytree(settings.DBT_PROJECT / "seeds", self._seeds)
        with (self._seeds / "indicators.csv").open("a", encoding="utf-8") as register:
            register.writelines(f"{row},,,,,\n" for row in rows.splitlines())

    def add(self, table_id: str, file: str, content: bytes, document: str, edition: str = "2020") -> EditionKey:
        """Add a table of one edition; `document` is the source document without its editions."""
        publisher, table = table_id.split("/")
        for folder in (self._sources / publisher, self._published / publisher):
            folder.mkdir(parents=True, exist_ok=True)
        (self._sources / publisher / "publisher.yml").write_text(_PUBLISHER, "utf-8")
        (self._published / publisher / file).write_bytes(content)
        (self._published / publisher / f"{file}.origin.yml").write_text(_ORIGIN, "utf-8")
        head = "title: {zh: 某表, en: A table}\nlicence: facts\nsymbols: {'': ambiguous}\n"
        editions = (
            f"editions:\n  - {{edition: '{edition}', file: {file}, sha256: {hashlib.sha256(content).hexdigest()}}}\n"
        )
        text = head + textwrap.dedent(document) + editions
        (self._sources / publisher / f"{table}.yml").write_text(text, "utf-8")
        return EditionKey(table_id, edition)

    def reissue(self, key: EditionKey, file: str, content: bytes) -> EditionKey:
        """Declare other bytes as the next issue of an edition that was added."""
        publisher, table = key.table_id.split("/")
        (self._published / publisher / file).write_bytes(content)
        (self._published / publisher / f"{file}.origin.yml").write_text(_ORIGIN, "utf-8")
        document = self._sources / publisher / f"{table}.yml"
        sha256 = hashlib.sha256(content).hexdigest()
        entry = f"  - {{edition: '{key.edition}', issue: {key.issue + 1}, file: {file}, sha256: {sha256}}}\n"
        document.write_text(document.read_text("utf-8") + entry, "utf-8")
        return EditionKey(key.table_id, key.edition, key.issue + 1)

    def reader(self, key: EditionKey) -> EditionReader:
        """A reader of an edition that was added."""
        library = self.library
        source = library.catalogue.tables[key.table_id]
        edition = source.edition(key.edition)
        return library.reader(source, edition, source.file(edition).read_bytes())
