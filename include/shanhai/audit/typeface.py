"""The typeface of the printed report: of Noto Sans SC the characters that it holds, in outlines that a PDF can embed.

So a page shows its Chinese on every machine, one without any fonts included, and on paper as on the screen.
"""

import io
import logging
from functools import cache
from typing import Any

_TOLERANCE = 1.0  # how far, in thousandths of the em, a quadratic outline may be from the cubic it stands for


@cache
def of_characters(text: str) -> bytes:
    """A TrueType font with every character of the text that Noto Sans SC has; the same text gives the same bytes."""
    from fontTools import subset
    from fontTools.ttLib import TTFont, newTable
    from pylopdf_fonts_zh_cn import sans_path

    logging.getLogger("fontTools").setLevel(logging.WARNING)
    options = subset.Options()
    options.layout_features, options.hinting, options.notdef_outline, options.glyph_names = [], False, True, True
    options.name_IDs, options.recalc_timestamp = [0, 1, 2, 3, 4, 5, 6, 13, 14], False
    font = TTFont(sans_path(), recalcTimestamp=False, lazy=True)
    subsetter = subset.Subsetter(options)
    subsetter.populate(text=text)
    subsetter.subset(font)
    outlines = _quadratic(font)
    order = font.getGlyphOrder()
    for tag in ("CFF ", "VORG", "vmtx", "vhea", "GSUB", "GPOS", "GDEF", "BASE"):
        if tag in font:
            del font[tag]
    font["loca"] = newTable("loca")
    font["glyf"] = table = newTable("glyf")
    table.glyphOrder, table.glyphs = order, outlines
    _describe(font, order)
    font.sfntVersion = "\x00\x01\x00\x00"
    written = io.BytesIO()
    font.save(written)
    return written.getvalue()


def _quadratic(font: Any) -> dict[str, Any]:
    """Glyph name → its outline in quadratic curves, as TrueType has them."""
    from fontTools.pens.cu2quPen import Cu2QuPen
    from fontTools.pens.ttGlyphPen import TTGlyphPen

    glyphs = font.getGlyphSet()
    outlines = {}
    for name in font.getGlyphOrder():
        pen = TTGlyphPen(None)
        glyphs[name].draw(Cu2QuPen(pen, _TOLERANCE, reverse_direction=True))
        outlines[name] = pen.glyph()
    return outlines


def _describe(font: Any, order: list[str]) -> None:
    """The tables that say how many outlines there are and what they are called."""
    maximum = font["maxp"]
    maximum.tableVersion, maximum.numGlyphs = 0x00010000, len(order)
    for name in (
        "maxTwilightPoints", "maxStorage", "maxFunctionDefs", "maxInstructionDefs", "maxStackElements",
        "maxSizeOfInstructions", "maxComponentElements", "maxPoints", "maxContours", "maxCompositePoints",
        "maxCompositeContours", "maxComponentDepth",
    ):  # fmt: skip
        setattr(maximum, name, 0)
    maximum.maxZones = 1
    names = font["post"]
    names.formatType, names.extraNames, names.mapping, names.glyphOrder = 2.0, [], {}, order
