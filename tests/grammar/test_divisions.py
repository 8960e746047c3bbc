"""Names resolve to the code valid on the day, or are refused."""

from datetime import date

import pytest

from shanhai.errors import CellError
from shanhai.grammar.divisions import Division, DivisionRegister

REGISTER = DivisionRegister(
    [
        Division("330103", "下城区", "浙江省", 1981, 2021),
        Division("331021", "玉环县", "浙江省", 1981, 2017),
        Division("331083", "玉环市", "浙江省", 2017, None),
        Division("331127", "景宁畲族自治县", "浙江省", 1984, None),
        Division("330106", "西湖区", "浙江省", 1981, None),
        Division("360103", "西湖区", "江西省", 1981, None),
    ],
    {"景宁县": "331127", "景寧": "331127"},
)


def test_a_name_is_looked_up_on_the_day() -> None:
    assert REGISTER.code_of("下城区", date(2020, 11, 1)) == "330103"
    with pytest.raises(CellError, match="no division"):
        REGISTER.code_of("下城区", date(2021, 12, 31))


def test_white_space_inside_a_name_says_nothing() -> None:
    assert REGISTER.code_of("玉环 市", date(2020, 1, 1)) == "331083"


def test_an_alias_resolves_and_an_ambiguous_name_does_not() -> None:
    assert REGISTER.code_of("景宁县", date(2020, 1, 1)) == "331127"
    with pytest.raises(CellError, match="several"):
        REGISTER.code_of("西湖区", date(2020, 1, 1))
    assert REGISTER.code_of("西湖区", date(2020, 1, 1), ["浙江省"]) == "330106"


def test_a_printed_code_must_be_of_that_name() -> None:
    assert REGISTER.check("331083", "玉环市", date(2020, 1, 1)) == "331083"
    with pytest.raises(CellError, match="玉环县"):
        REGISTER.check("331083", "玉环县", date(2020, 1, 1))
