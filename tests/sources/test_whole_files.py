"""Whole national files read by documents only: what is read, what is left out and why, what refuses them.

The files lie beside the repository, in ../shared/data/published, and are never part of it; without that folder there
is nothing to read.
"""

from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from shanhai import settings
from shanhai.documents.source import SourceDocument
from shanhai.errors import PublicationError
from shanhai.library import Library
from shanhai.reading.edition import EditionReader
from shanhai.reading.publication import Row
from shanhai.workbench.lookup import find_source

PUBLISHED = settings.PROJECT_ROOT.parent / "shared" / "data" / "published"
DOCUMENTS = Path(__file__).parent / "whole_files"

pytestmark = pytest.mark.skipif(not PUBLISHED.is_dir(), reason="../shared/data/published does not lie beside us")


@pytest.fixture(scope="module")
def library() -> Library:
    return Library.open()


def reader_of(library: Library, table: str, content: bytes | None = None, **changes: object) -> EditionReader:
    """A reader of the whole file by the document of that name; `changes` replace keys of its only edition."""
    source = find_source(str(DOCUMENTS / f"{table}.yml"), library)
    if changes:
        said = yaml.load((DOCUMENTS / f"{table}.yml").read_text("utf-8"), yaml.BaseLoader)  # noqa: S506 - plain text
        said["editions"][0] |= changes
        document = SourceDocument.model_validate(said)
        source = type(source)(source.publisher_id, source.table_id, source.path, source.publications, document)
    edition = source.document.editions[0]
    return library.reader(source, edition, (PUBLISHED / edition.file).read_bytes() if content is None else content)


def figures(rows: list[Row], indicator: str) -> dict[str, Decimal]:
    """Figures of one indicator by division code, or by name where there is none."""
    found = [
        (str(r["division_code"] or r["subject_name"]), r["value"]) for r in rows if r["indicator_code"] == indicator
    ]
    assert len(dict(found)) == len(found)
    return {place: value for place, value in found if isinstance(value, Decimal)}


def test_the_national_yearbook_reads_as_far_as_the_registers_of_divisions_go(library: Library) -> None:
    reader = reader_of(library, "county_yearbook")
    rows = list(reader.rows())
    # 53 counties of Zhejiang and 113 of 114 of Sichuan, in 23 columns.
    assert len(rows) == (53 + 113) * 23
    assert len(figures(rows, "gdp")) == 53 + 113
    left_out = reader.tally.rows_left_out
    assert sum(left_out.values()) == 1712 - 53 - 113
    assert (left_out["湖南省: not among `within`"], left_out["河北省: not among `within`"]) == (72, 110)
    [misprint] = [reason for reason in left_out if reason.startswith("misprint")]
    assert misprint.startswith("misprint, row 268 长宁县: an empty cell too many")
    # Names of one character are printed with a space: 荣 县, 泸 县.
    names = {str(row["division_code"]): row["subject_name"] for row in rows}
    assert {names[code] for code in ("510321", "510521")} == {"荣县", "泸县"}


def test_the_national_yearbook_agrees_with_the_figures_taken_from_it(library: Library) -> None:
    rows = list(reader_of(library, "county_yearbook").rows())
    bundled = library.catalogue.tables["national_bureau_of_statistics/county_yearbook"]
    edition = bundled.document.editions[0]
    own = list(library.reader(bundled, edition, bundled.file(edition).read_bytes()).rows())
    for indicator in ("gdp", "registered_population", "loan_balance"):
        whole, part = figures(rows, indicator), figures(own, indicator)
        assert {code: whole[code] for code in part if code in whole} == {c: v for c, v in part.items() if c in whole}
        assert len(part.keys() & whole.keys()) >= 53


def test_a_shifted_row_refuses_the_whole_yearbook_unless_it_is_named(library: Library) -> None:
    with pytest.raises(PublicationError, match=r"row 268 \(长宁县\): prints '1361' at R268C26, where no head stands"):
        list(reader_of(library, "county_yearbook", misprints=[]).rows())


KNOWN = {"row": "268", "label": "长宁县", "reason": "shifted by one cell"}


def test_a_misprint_is_named_by_row_and_label(library: Library) -> None:
    misprints = [KNOWN, KNOWN | {"row": "269"}]
    with pytest.raises(PublicationError, match=r"row 269 \(珙县\): is declared the misprinted row '长宁县'"):
        list(reader_of(library, "county_yearbook", misprints=misprints).rows())


def test_a_misprint_that_the_table_does_not_have_refuses_it(library: Library) -> None:
    misprints = [KNOWN, KNOWN | {"row": "9999"}]
    with pytest.raises(PublicationError, match="misprints: name a row that the table does not have"):
        list(reader_of(library, "county_yearbook", misprints=misprints).rows())


@pytest.mark.parametrize(
    ("label", "rows", "left_out"),
    [
        # A page break puts the running head of two provinces into the province column (domain layouts §1).
        ("浙江省、安徽省", 2, None),
        ("安徽省、江苏省", 1, "安徽省、江苏省: not among `within`"),
    ],
)
def test_a_running_head_of_two_provinces_is_a_choice_of_them(
    library: Library, label: str, rows: int, left_out: str | None
) -> None:
    head = "".join((PUBLISHED / "hlghpz_county_yearbook_raw.csv").read_text("utf-8").splitlines(keepends=True)[:3])
    body = [f"{name},{label},1001" + "," * 22 for name in ("云和县", "泗洪县")]
    content = head + "\n".join([*body, "景宁畲族自治县,浙江省,1949" + "," * 22]) + "\n"
    reader = reader_of(library, "county_yearbook", content.encode(), misprints=[])
    assert len(list(reader.rows())) == rows * 23
    reasons = set(reader.tally.rows_left_out)
    assert reasons == ({left_out} if left_out else {"浙江省、安徽省: 泗洪县 is no division of 浙江省"})


def test_a_county_of_another_province_under_a_known_one_refuses_the_edition(library: Library) -> None:
    head = "".join((PUBLISHED / "hlghpz_county_yearbook_raw.csv").read_text("utf-8").splitlines(keepends=True)[:3])
    content = head + "泗洪县,浙江省,2693" + "," * 22 + "\n"
    with pytest.raises(PublicationError, match=r"R4C3 .*'泗洪县' names no division of the register"):
        list(reader_of(library, "county_yearbook", content.encode(), misprints=[]).rows())


@pytest.fixture(scope="module")
def census(library: Library) -> tuple[EditionReader, list[Row]]:
    reader = reader_of(library, "census_county")
    return reader, list(reader.rows())


def test_the_whole_census_reads_with_its_totals_apart(census: tuple[EditionReader, list[Row]]) -> None:
    reader, rows = census
    columns = len({row["indicator_code"] for row in rows})
    # The country, 103 rows of Zhejiang and 208 of Sichuan; the other 3,046 rows are counted by province.
    assert (len(rows), columns) == ((1 + 103 + 208) * columns, 58)
    left_out = reader.tally.rows_left_out
    assert (sum(left_out.values()), len(left_out)) == (3358 - 1 - 103 - 208, 29)
    assert left_out["河北省: not among `within`"] == 202
    kinds = Counter(str(row["subject_kind"]) for row in rows)
    assert kinds == {"country": columns, "division": 307 * columns, "zone": 4 * columns}


def test_the_counties_of_zhejiang_and_a_zone_add_to_the_province(census: tuple[EditionReader, list[Row]]) -> None:
    people = figures(census[1], "census_population")
    counties = {code: value for code, value in people.items() if code[:2] == "33" and not code.endswith("00")}
    assert len(counties) == 90
    parts = [*counties.values(), people["温州经济技术开发区"]]
    assert len(parts) == 91
    assert sum(parts) == people["330000"] == 64_567_588
    assert (
        sum(v for code, v in people.items() if code[:2] == "33" and code[4:] == "00" and code != "330000") == 64_567_588
    )


def test_missing_marks_of_the_census_are_no_zeros(census: tuple[EditionReader, list[Row]]) -> None:
    missing = [row for row in census[1] if row["printed"] == "NA"]
    assert missing
    assert {(row["obs_value"], row["obs_status"]) for row in missing} == {(None, "O")}
