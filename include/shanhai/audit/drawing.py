"""A chart's SVG as graphics of a PDF: of SVG, what the chart renderer writes — groups, lines, boxes, texts.

Anything else raises, so that a chart never loses a part of itself on the way to the PDF.
"""

import re
from typing import TYPE_CHECKING, Any

from lxml import etree

if TYPE_CHECKING:
    from reportlab.graphics.shapes import Drawing

_NUMBER = re.compile(r"-?(?:\d+\.?\d*|\.\d+)(?:e-?\d+)?")
_STEP = re.compile(r"([MLhvHVZ])([^MLhvHVZ]*)")
_ANCHORS = {None: "start", "start": "start", "middle": "middle", "end": "end"}


class DrawingError(ValueError):
    """The SVG holds something that has no counterpart here; the message names it."""


def drawing_of(svg: str, width: float, font: str) -> "Drawing":
    """The chart, scaled down to `width` points where it is wider; `font` is a registered font that has its texts."""
    from reportlab.graphics.shapes import Drawing, Group

    root = etree.fromstring(svg.encode(), etree.XMLParser(resolve_entities=False, no_network=True))
    own_width, own_height = (float(_NUMBER.findall(root.get(side) or "0")[0]) for side in ("width", "height"))
    factor = min(1.0, width / own_width)
    drawing = Drawing(own_width * factor, own_height * factor)
    # SVG counts from the top, a PDF from the bottom.
    group = Group(transform=(factor, 0, 0, -factor, 0, own_height * factor))
    for child in root:
        _draw(child, group, {}, font)
    drawing.add(group)
    return drawing


def _draw(node: Any, group: Any, inherited: dict[str, str], font: str) -> None:
    from reportlab.graphics.shapes import Group

    if not isinstance(node.tag, str) or node.get("display") == "none":
        return
    name = etree.QName(node).localname
    style = inherited | {key: value for key, value in node.attrib.items() if key in _STYLES}
    if name in ("defs", "title"):
        return
    if name == "g":
        inner = Group(transform=_transform(node))
        for child in node:
            _draw(child, inner, style, font)
        group.add(inner)
    elif name == "text":
        group.add(_text(node, style, font))
    elif name in ("line", "rect", "path"):
        if (shape := _shape(name, node, style)) is not None:
            inner = Group(transform=_transform(node))
            inner.add(shape)
            group.add(inner)
    else:
        raise DrawingError(f"a chart holds <{name}>, which the PDF cannot draw")


_STYLES = {"fill", "stroke", "stroke-width", "font-size", "font-weight", "opacity", "text-anchor"}


def _transform(node: Any) -> tuple[float, float, float, float, float, float]:
    from math import cos, radians, sin

    a, b, c, d, e, f = 1.0, 0.0, 0.0, 1.0, 0.0, 0.0
    for kind, inside in re.findall(r"(\w+)\(([^)]*)\)", node.get("transform") or ""):
        given = [float(number) for number in _NUMBER.findall(inside)]
        if kind == "translate":
            x, y = given[0], given[1] if len(given) > 1 else 0.0
            e, f = a * x + c * y + e, b * x + d * y + f
        elif kind == "rotate" and len(given) == 1:
            turn = radians(given[0])
            a, b, c, d = (a * cos(turn) + c * sin(turn), b * cos(turn) + d * sin(turn),
                          c * cos(turn) - a * sin(turn), d * cos(turn) - b * sin(turn))  # fmt: skip
        elif kind == "scale":
            sx, sy = given[0], given[-1]
            a, b, c, d = a * sx, b * sx, c * sy, d * sy
        else:
            raise DrawingError(f"a chart is transformed by {kind}, which the PDF does not know")
    return a, b, c, d, e, f


def _text(node: Any, style: dict[str, str], font: str) -> Any:
    from reportlab.graphics.shapes import Group, String

    text = "".join(node.itertext())
    # Turned over again: its group counts from the top.
    a, b, c, d, e, f = _transform(node)
    upright = Group(transform=(a, b, -c, -d, e, f))
    size = float(_NUMBER.findall(style.get("font-size", "10"))[0])
    anchor = _ANCHORS[node.get("text-anchor") or style.get("text-anchor")]
    upright.add(String(0, 0, text, fontName=font, fontSize=size, textAnchor=anchor, fillColor=_colour(style, "fill")))
    return upright


def _shape(name: str, node: Any, style: dict[str, str]) -> Any:
    from reportlab.graphics.shapes import Line, Rect

    fill, stroke = _colour(style, "fill"), _colour(style, "stroke")
    thickness = float(style.get("stroke-width") or 1)
    if name == "line":
        x1, y1, x2, y2 = (float(node.get(side) or 0) for side in ("x1", "y1", "x2", "y2"))
        return Line(x1, y1, x2, y2, strokeColor=stroke, strokeWidth=thickness) if stroke else None
    if name == "rect":
        box = (float(_NUMBER.findall(node.get(side) or "0")[0]) for side in ("x", "y", "width", "height"))
        return Rect(*box, fillColor=fill, strokeColor=stroke, strokeWidth=thickness)
    steps = node.get("d") or ""
    return _path(steps, fill, stroke, thickness) if steps and (fill or stroke) else None


def _path(steps: str, fill: Any, stroke: Any, thickness: float) -> Any:
    from reportlab.graphics.shapes import Path

    if rest := _NUMBER.sub("", _STEP.sub("", steps)).strip(" ,"):
        raise DrawingError(f"a chart draws a path with {rest[:20]!r}, which the PDF does not know")
    path = Path(fillColor=fill, strokeColor=stroke, strokeWidth=thickness)
    x = y = 0.0
    for kind, inside in _STEP.findall(steps):
        given = [float(number) for number in _NUMBER.findall(inside)]
        if kind == "Z":
            path.closePath()
            continue
        pairs = zip(given[::2], given[1::2], strict=True) if kind in "ML" else [(number, 0.0) for number in given]
        for first, second in pairs:
            moves = {"M": (first, second), "L": (first, second), "h": (x + first, y), "v": (x, y + first),
                     "H": (first, y), "V": (x, first)}  # fmt: skip
            x, y = moves[kind]
            (path.moveTo if kind == "M" else path.lineTo)(x, y)
    return path


def _colour(style: dict[str, str], of: str) -> Any:
    from reportlab.lib.colors import Color, toColor

    value = style.get(of, "none")
    if value in ("none", "transparent") or float(style.get("opacity") or 1) == 0:
        return None
    if value.startswith("rgb("):
        red, green, blue = (float(part) / 255 for part in _NUMBER.findall(value))
        return Color(red, green, blue)
    if re.fullmatch(r"#[0-9a-fA-F]{3}", value):
        # One digit a colour: #ddd is #dddddd.
        value = "#" + "".join(2 * digit for digit in value[1:])
    return toColor(value)
