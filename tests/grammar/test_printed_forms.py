"""Every allowed printing of a number reads back as exactly that number; what is no number never reads as one."""

import re
import string
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from shanhai.errors import CellError
from shanhai.grammar.figures import read_cell

FULL_WIDTH = str.maketrans("0123456789.,-()", "０１２３４５６７８９．，－（）")
# At most eight digits before the point: longer runs without separators are refused as glued.
NUMBERS = st.decimals(min_value=-(10**8) + 1, max_value=10**8 - 1, places=2, allow_nan=False, allow_infinity=False)
FOOTNOTES = st.sampled_from(["", "①", "⑳", "²", "[1]", "［12］", "*", "＊", "注", "注2", " ①", "[1][2]"])
NEGATIVES = st.sampled_from(["-{}", "−{}", "－{}", "–{}", "- {}", "▲{}", "▲ {}", "({})", "（{}）"])
PLAIN = re.compile(r"[-−－–—]?\s*[0-9]{1,3}(,[0-9]{3})*(\.[0-9]+)?|[-−－–—]?\s*[0-9]+(\.[0-9]+)?")


@st.composite
def printings(draw: st.DrawFn) -> tuple[str, Decimal]:
    """A number as publications print it, with what it is."""
    number = draw(NUMBERS)
    places = draw(st.sampled_from([Decimal(1), Decimal("0.1"), Decimal("0.01")]))
    number = number.quantize(places) if abs(number) < 10**7 else number
    body = f"{abs(number):,f}" if draw(st.booleans()) else f"{abs(number):f}"
    if draw(st.booleans()):
        body = body.replace(".", "·")
    if number < 0:
        body = draw(NEGATIVES).format(body)
    if draw(st.booleans()):
        body = body.translate(FULL_WIDTH)
    space = draw(st.sampled_from(["", " ", "\u3000", "\u00a0", "\n"]))
    return f"{space}{body}{draw(FOOTNOTES)}{space}", number


@settings(deadline=None)
@given(printings())
def test_a_printed_number_reads_back_exactly(printing: tuple[str, Decimal]) -> None:
    printed, number = printing
    figure = read_cell(printed, {"": "ambiguous"})
    assert figure.value == number
    exponent = number.as_tuple().exponent
    assert isinstance(exponent, int)
    assert figure.decimals == -exponent
    assert (figure.printed, figure.qualifier, figure.missing_status) == (printed, "EXACT", None)


@settings(deadline=None)
@given(st.text(alphabet=string.digits + "０９٣½①,，.·-−▲() []%*一亿元abc\n", max_size=12))
def test_a_text_reads_as_a_number_only_if_it_is_one(text: str) -> None:
    try:
        figure = read_cell(text, {})
    except CellError:
        return
    digits = re.sub(r"\[[0-9]{1,2}\]|[①*]|[^0-9０９.·]", "", text).translate(str.maketrans("０９·", "09."))
    assert figure.value is not None
    assert f"{abs(figure.value):f}".lstrip("0") == digits.lstrip("0")


@settings(deadline=None)
@given(st.text(max_size=20).filter(lambda text: not any(character.isdecimal() for character in text)))
def test_a_text_without_digits_is_no_number(text: str) -> None:
    try:
        figure = read_cell(text, {"": "ambiguous"})
    except CellError:
        return
    assert figure.value is None
    assert not text.strip()


@settings(deadline=None)
@given(NUMBERS, st.integers(min_value=1, max_value=3), st.integers(min_value=0, max_value=9))
def test_a_misplaced_separator_is_refused(number: Decimal, position: int, digit: int) -> None:
    body = f"{abs(number):,f}"
    broken = f"{body[:position]},{digit}{body[position:]}"
    if PLAIN.fullmatch(broken):
        return
    try:
        figure = read_cell(broken, {})
    except CellError:
        return
    raise AssertionError(f"{broken} reads as {figure.value}")
