"""Header paths: one fingerprint for one head, a readable difference for another, no ruined period."""

import hashlib

import pytest

from shanhai.carriers.grid import Grid
from shanhai.documents.layout import Layout
from shanhai.errors import CellError
from shanhai.grammar.heads import HeadPaths

HEADS = ["生产总值(亿元)", "财政总收入(万元)"]


def heads(*rows: list[str], declared: list[str] | None = None) -> HeadPaths:
    grid = Grid(rows)
    layout = Layout(head_rows=list(range(1, len(rows) + 1)), label_column="地区")
    return HeadPaths(grid, layout, HEADS if declared is None else declared, [])


def test_the_fingerprint_is_that_of_the_paths_not_of_their_printing() -> None:
    plain = heads(["地区", *HEADS]).fingerprint
    assert plain == heads(["地 区", "生产总\n值（亿元）", "财政总收入(万元)"]).fingerprint
    assert plain == hashlib.sha256("\n".join(["地区", *HEADS]).encode()).hexdigest()


def test_another_order_or_another_head_is_another_fingerprint() -> None:
    plain = heads(["地区", *HEADS]).fingerprint
    assert plain != heads(["地区", *reversed(HEADS)]).fingerprint
    other = ["生产总值(亿元)", "一般公共预算收入(万元)"]
    assert plain != heads(["地区", *other], declared=other).fingerprint


def test_another_head_is_refused_with_the_difference() -> None:
    with pytest.raises(CellError, match=r"(?s)- 财政总收入\(万元\)\n\+ 财政总收入\(亿元\)"):
        heads(["地区", "生产总值(亿元)", "财政总收入(亿元)"])


@pytest.mark.parametrize("printed", ["20203", "20203 单位:元", "２０２０３"])
def test_a_period_that_lost_its_characters_is_refused(printed: str) -> None:
    with pytest.raises(CellError, match="R1C1, a period that lost its characters"):
        heads([printed, "", ""], ["地区", *HEADS])


def test_a_year_and_a_long_number_in_a_head_are_no_ruined_period() -> None:
    columns = ["2020年", "每10000人"]
    assert heads(["地区", *columns], declared=columns).position("2020年") == 2
