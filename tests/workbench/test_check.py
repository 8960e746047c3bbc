"""`shanhai source check`: what a document reads, leaves out and refuses, each shown at its place."""

import io
from pathlib import Path

import pytest
from rich.console import Console
from tests.reading.unseen_layouts import NAMES, UNSEEN, Unseen, unseen
from tests.small_library import CITIES, COMMUNIQUE, HEAD, PAGE, TEXT, YEARBOOK, SmallLibrary
from tests.workbench.conftest import Run

from shanhai.library import Library
from shanhai.workbench.explanation import Explanation, explain
from shanhai.workbench.lookup import find_source
from shanhai.workbench.picture import draw
from shanhai.workbench.roles import Role

ROWS = "云和县,951435①,112635\r\n庆元县,,183914\r\n"
ENCODED = (HEAD + ROWS).encode("gb18030")


def explained(small_library: SmallLibrary, file: str, content: bytes, document: str) -> Explanation:
    key = small_library.add("bureau/table", file, content, document)
    library = small_library.library
    source = find_source(key.table_id, library)
    return explain(library, source, source.edition(key.edition), content)


def drawn(explanation: Explanation, *, colour: bool = False, rows: int = 12, columns: int = 8) -> str:
    file = io.StringIO()
    system = "truecolor" if colour else None
    console = Console(file=file, width=160, highlight=False, force_terminal=colour, color_system=system)  # type: ignore[arg-type]
    draw(explanation, console, rows, columns)
    return file.getvalue()


def test_every_cell_has_its_role(small_library: SmallLibrary) -> None:
    roles = explained(small_library, "t.csv", ENCODED, YEARBOOK).roles
    seen = [[roles.of(row, column) for column in (1, 2, 3)] for row in range(1, 6)]
    assert seen == [
        [Role.HEAD] * 3,
        [Role.UNIT] * 3,
        [Role.IGNORED] * 3,
        [Role.LABEL, Role.FIGURE, Role.FIGURE],
        [Role.LABEL, Role.MISSING, Role.FIGURE],
    ]


def test_the_sheet_the_rows_and_the_counts_are_drawn(small_library: SmallLibrary) -> None:
    picture = drawn(explained(small_library, "t.csv", ENCODED, YEARBOOK))
    assert "R4 :云和县" in picture
    assert "~万元" in picture
    assert "[o]missing·缺失" in picture
    row = next(line for line in picture.splitlines() if line.startswith("云和县 331125") and " gdp " in line)
    assert row.split() == ["云和县", "331125", "gdp", "2020", "YTD", "951435", "万元", "A", "FINAL", "R4C2"]
    assert "rows 行 4 · missing 缺失 1 · cells ignored 不读 1" in picture
    assert "row 3 Remark: remark row · 备注行 (1 cells)" in picture
    assert picture.rstrip().endswith("reads whole · 全部可读")


def test_colours_tell_roles_apart(small_library: SmallLibrary) -> None:
    picture = drawn(explained(small_library, "t.csv", ENCODED, YEARBOOK), colour=True)
    assert "\x1b[1;37;44m" in picture  # heads, bold white on blue
    assert "\x1b[30;43m" in picture  # missing, black on yellow


def test_what_is_left_out_is_named_with_its_reason(small_library: SmallLibrary) -> None:
    explanation = explained(small_library, "c.html", PAGE.encode(), CITIES)
    assert [(each.what, each.cells) for each in explanation.left_out] == [("row 5 位次", 3)]
    assert "a rank, not a figure · 位次" in drawn(explanation)
    assert explanation.roles.of(5, 2) is Role.IGNORED


def test_an_ignored_column_and_a_title_are_left_out(small_library: SmallLibrary) -> None:
    content = "某年鉴\r\n县,地区生产总值(万元),省,\r\n云和县,1,浙江省,x\r\n".encode()
    document = """\
    relation: observations
    carrier: csv
    period: 2020
    layout: {head_rows: [2], label_column: 县, within: 浙江省}
    ignored: [省]
    columns: [{head: 地区生产总值(万元), indicator: gdp}]
"""
    explanation = explained(small_library, "t.csv", content, document)
    left_out = [(each.what, each.cells) for each in explanation.left_out]
    assert left_out == [("row 1 某年鉴", 1), ("column 省", 1), ("column 4", 1)]


def test_a_refused_cell_is_shown_where_it_stands(small_library: SmallLibrary) -> None:
    rows = "云和县,951435,112635\r\n" * 40 + "云和县,951435,12.5.6\r\n云和县,951435,112635\r\n"
    explanation = explained(small_library, "t.csv", (HEAD + rows).encode("gb18030"), YEARBOOK)
    assert explanation.roles.refused_cell() == (44, 3)
    assert explanation.roles.of(45, 2) is Role.UNREAD
    picture = drawn(explanation, rows=5, columns=2)
    assert "R44 :云和县" in picture
    assert "!12.5.6" in picture
    assert "refused · 拒绝: cell R44C3 (云和县 · 户籍人口)" in picture


def test_a_label_that_names_nobody_is_refused_with_its_figure(small_library: SmallLibrary) -> None:
    explanation = explained(small_library, "t.csv", (HEAD + "云和市,1,2\r\n").encode("gb18030"), YEARBOOK)
    roles = explanation.roles
    assert [roles.of(4, column) for column in (1, 2, 3)] == [Role.REFUSED, Role.REFUSED, Role.UNREAD]
    assert "!云和市" in drawn(explanation)


def test_short_rows_and_gaps_are_not_coloured(small_library: SmallLibrary) -> None:
    picture = drawn(explained(small_library, "t.csv", ENCODED, YEARBOOK), colour=True, columns=2)
    assert "41m" not in picture.partition("legend")[0]


def test_a_cell_that_is_not_there_is_refused_at_its_place(small_library: SmallLibrary) -> None:
    explanation = explained(small_library, "t.csv", (HEAD + "云和县,951435\r\n").encode("gb18030"), YEARBOOK)
    assert explanation.roles.refused_cell() == (4, 3)
    assert "(no cell)" in drawn(explanation)


def test_other_heads_are_shown_with_the_difference(small_library: SmallLibrary) -> None:
    content = (HEAD + ROWS).replace("户籍人口", "常住人口").encode("gb18030")
    explanation = explained(small_library, "t.csv", content, YEARBOOK)
    assert explanation.roles.of(1, 3) is Role.REFUSED
    assert explanation.roles.of(1, 2) is Role.HEAD
    picture = drawn(explanation)
    assert "!常住人口" in picture
    assert "  - 户籍人口\n  + 常住人口" in picture


def test_a_text_shows_its_figures_and_what_it_does_not_say(small_library: SmallLibrary) -> None:
    document = COMMUNIQUE + "      - {says: '常住人口{resident_population}', optional: true}\n"
    text = f"云和县公报\n{TEXT}\n结束。"
    explanation = explained(small_library, "c.txt", text.encode(), document)
    assert explanation.statements_absent == ["常住人口{resident_population}"]
    picture = drawn(explanation)
    assert "全县生产总值【951435万元】，按可比价格计算，比上年【下降4.1%】" in picture
    assert "rows 行 3 · missing 缺失 0 · statements absent 未见语句 1" in picture
    assert "2 of 3 paragraphs · 9 characters" in picture


def test_a_statement_that_is_gone_says_how_far_its_words_go(small_library: SmallLibrary) -> None:
    text = TEXT.replace("按可比价格计算", "按不变价格计算")
    picture = drawn(explained(small_library, "c.txt", text.encode(), COMMUNIQUE))
    assert "refused · 拒绝: statement '全县生产总值{gdp}，按可比价格计算，比上年{gdp_real_growth}'" in picture
    assert "“，按可比价格计算，比上年” stands nowhere in the text" in picture


def test_a_register_shows_its_rows(small_library: SmallLibrary) -> None:
    library = small_library.library
    source = find_source("ministry_of_civil_affairs/divisions", library)
    edition = source.document.editions[-1]
    picture = drawn(explain(library, source, edition, source.file(edition).read_bytes()), rows=3)
    assert "division_code=330000" in picture


def test_the_command_reads_a_table_of_the_project(small_library: SmallLibrary, shanhai: Run) -> None:
    small_library.add("bureau/table", "t.csv", ENCODED, YEARBOOK)
    done = shanhai(small_library.library, "source", "check", "bureau/table", "--edition", "2020")
    assert done.exit_code == 0, done.output
    assert "reads whole" in done.output


def test_the_command_reads_another_file_in_its_place(small_library: SmallLibrary, shanhai: Run, tmp_path: Path) -> None:
    small_library.add("bureau/table", "t.csv", ENCODED, YEARBOOK)
    other = tmp_path / "other.csv"
    other.write_bytes((HEAD + "云和市,1,2\r\n").encode("gb18030"))
    done = shanhai(small_library.library, "source", "check", "bureau/table", "--publication", other)
    assert done.exit_code == 1
    assert "'云和市' names no division" in done.output


def test_the_command_reads_a_draft_that_lies_anywhere(
    small_library: SmallLibrary, shanhai: Run, tmp_path: Path
) -> None:
    key = small_library.add("bureau/table", "t.csv", ENCODED, YEARBOOK)
    source = find_source(key.table_id, small_library.library)
    draft = tmp_path / "drafts" / "table.yml"
    draft.parent.mkdir()
    draft.write_bytes(source.path.read_bytes())
    (draft.parent / "t.csv").write_bytes(ENCODED)
    done = shanhai(small_library.library, "source", "check", draft)
    assert done.exit_code == 0, done.output


def test_bytes_other_than_the_declared_are_told(small_library: SmallLibrary, shanhai: Run) -> None:
    key = small_library.add("bureau/table", "t.csv", ENCODED, YEARBOOK)
    source = find_source(key.table_id, small_library.library)
    source.file(source.edition(key.edition)).write_bytes((HEAD + "云和县,951436,112635\r\n").encode("gb18030"))
    done = shanhai(small_library.library, "source", "check", "bureau/table")
    assert done.exit_code == 1
    assert "other bytes than the document names" in done.output


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["nobody/nothing"], "nobody/nothing: neither a document nor <publisher>/<table>"),
        (["bureau/table", "--edition", "1999"], "no edition '1999'; there are ['2020']"),
        (["bureau/table", "--publication", "none.csv"], "none.csv"),
    ],
)
def test_what_cannot_be_checked_is_told_in_a_line(
    small_library: SmallLibrary, shanhai: Run, arguments: list[str], expected: str
) -> None:
    small_library.add("bureau/table", "t.csv", ENCODED, YEARBOOK)
    done = shanhai(small_library.library, "source", "check", *arguments)
    assert done.exit_code == 1
    assert expected in done.output


def test_a_table_without_a_label_column_is_told(small_library: SmallLibrary, shanhai: Run) -> None:
    small_library.add("bureau/table", "t.csv", ENCODED, YEARBOOK.replace("label_column: Area, ", ""))
    done = shanhai(small_library.library, "source", "check", "bureau/table")
    assert done.exit_code == 1
    assert "needs `label_column`" in done.output


def test_every_bundled_edition_reads_whole() -> None:
    library = Library.open()
    checked = 0
    for source in library.catalogue.tables.values():
        edition = source.document.editions[-1]
        explanation = explain(library, source, edition, source.file(edition).read_bytes())
        assert explanation.loads, source.table_id
        assert "reads whole" in drawn(explanation, rows=6)
        checked += 1
    assert checked > 20


def test_every_stretch_of_a_table_is_drawn(small_library: SmallLibrary) -> None:
    table = unseen("continued_under_itself")
    small_library.add_indicators(table.indicators)
    explanation = explained(small_library, table.file, table.content, table.document)
    assert explanation.loads, explanation.refusal
    roles = explanation.roles
    assert [roles.of(row, 2) for row in (4, 6, 7, 15, 16, 19)] == [
        Role.HEAD, Role.FIGURE, Role.IGNORED, Role.HEAD, Role.HEAD, Role.FIGURE
    ]  # fmt: skip
    left_out = [each.what for each in explanation.left_out]
    assert "row 1 12-11 规模以上非公有工业主要经济指标" in left_out
    assert "row 18 三、按行业大类分" in left_out


def test_rows_that_are_not_read_say_why(small_library: SmallLibrary) -> None:
    table = unseen("quarter_and_year")
    explanation = explained(small_library, table.file, table.content, table.document)
    left_out = {each.what: each.why for each in explanation.left_out}
    assert "`ignored_rows`" in left_out["row 9 农林牧渔业"]
    assert explanation.roles.of(4, 1) is Role.LABEL
    assert explanation.roles.of(12, 1) is Role.IGNORED


def test_a_heading_of_columns_says_why_it_is_not_read(small_library: SmallLibrary) -> None:
    table = unseen("headings_say_what")
    explanation = explained(small_library, table.file, table.content, table.document)
    left_out = {each.what: each.why for each in explanation.left_out}
    assert "heading" in left_out["row 17 增长速度"]


@pytest.mark.parametrize("table", UNSEEN, ids=NAMES)
def test_a_layout_of_nobodys_list_is_drawn(small_library: SmallLibrary, table: Unseen) -> None:
    small_library.add_indicators(table.indicators)
    explanation = explained(small_library, table.file, table.content, table.document)
    assert explanation.loads, explanation.refusal
    assert len(explanation.rows) == table.figures
