"""What a chart draws arrives in the PDF as it is, or is refused."""

import pytest

from shanhai.audit.drawing import DrawingError, drawing_of

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10">{}</svg>'


def colours(inside: str) -> list[str]:
    found: list[str] = []

    def look(node: object) -> None:
        for child in getattr(node, "contents", []):
            for name in ("fillColor", "strokeColor"):
                if getattr(child, name, None) is not None:
                    found.append(getattr(child, name).hexval())
            look(child)

    look(drawing_of(SVG.format(inside), 100, "Helvetica"))
    return found


@pytest.mark.parametrize(("colour", "hexval"), [
    ("#ddd", "0xdddddd"), ("#b3402e", "0xb3402e"), ("rgb(47, 125, 91)", "0x2f7d5b"), ("black", "0x000000"),
])  # fmt: skip
def test_a_colour_is_the_one_that_the_chart_names(colour: str, hexval: str) -> None:
    assert colours(f'<line x1="0" y1="0" x2="5" y2="5" stroke="{colour}"/>') == [hexval]


def test_what_has_no_counterpart_is_refused() -> None:
    with pytest.raises(DrawingError, match="<circle>"):
        drawing_of(SVG.format('<circle r="1"/>'), 100, "Helvetica")
    with pytest.raises(DrawingError, match="skewX"):
        drawing_of(SVG.format('<g transform="skewX(1)"/>'), 100, "Helvetica")
