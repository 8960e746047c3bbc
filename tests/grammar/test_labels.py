"""Row labels: notes are told from figures; of-which rows and ranks are declared or refused."""

import pytest

from shanhai.documents.layout import Label
from shanhai.errors import CellError
from shanhai.grammar.labels import check_parent, is_note, refuse_undeclared


@pytest.mark.parametrize("label", ["注：城乡居民收入增幅为名义增长", "注 : 1.本表", "资料来源：市统计局", "注1：现价"])
def test_a_note_is_known_by_its_colon(label: str) -> None:
    assert is_note(label)


@pytest.mark.parametrize("label", ["注册企业", "云和县", "资料来源地", ""])
def test_a_label_is_no_note(label: str) -> None:
    assert not is_note(label)
    refuse_undeclared(label)


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("#市区", "part of a row above"),
        ("＃ 市区", "part of a row above"),
        ("其中：市区", "part of a row above"),
        ("  其中 开发区", "part of a row above"),
        ("丽水位次", "row of ranks"),
        ("全省排名", "row of ranks"),
        ("注：含龙港", "more than the note"),
    ],
)
def test_what_is_plainly_no_division_must_be_declared(label: str, expected: str) -> None:
    with pytest.raises(CellError, match=expected):
        refuse_undeclared(label)


def test_a_part_stands_under_its_whole() -> None:
    label = Label(name="市区", of="丽水市")
    check_parent(label, {"全省", "丽水市"})
    with pytest.raises(CellError, match="no row above"):
        check_parent(label, {"全省"})
