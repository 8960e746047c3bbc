"""Word documents (docx): the cells of one table by table, row and column (`T1R4C2`), merged cells spread."""

from collections.abc import Iterator

from lxml import etree

from shanhai.carriers.grid import Canvas, Grid
from shanhai.carriers.zipped import Archive, parse_xml

_PART = "word/document.xml"
_MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
_MOST_SPANNED = 1000
# What is in the file and not on paper: deleted and moved-away text, the spare rendering of a drawing, inner tables.
_UNPRINTED = frozenset({"tbl", "del", "moveFrom", "Fallback", "tblPr", "trPr", "tcPr", "pPr", "sdtPr", "instrText"})


def read_document(content: bytes, table: int) -> Grid:
    """The cells of the document's table number `table`, a table inside a cell counted by itself.

    Raises ValueError when there is no such table or the file is out of bounds.
    """
    archive = Archive(content)
    if _PART not in archive:
        raise ValueError("the archive holds no Word document")
    # The strict and the transitional form differ in the name space alone.
    root = parse_xml(archive.part(_PART).replace(_STRICT.encode(), _MAIN.encode()))
    tables = list(root.iter(f"{{{_MAIN}}}tbl"))
    if table > len(tables):
        raise ValueError(f"no table {table}; the document has {len(tables)}")
    rows = [row for row in _own(tables[table - 1], "tr") if _property(row, "trPr", "del") is None]
    placed = [list(_placed(row)) for row in rows]
    canvas = Canvas(len(rows), f"T{table}")
    for r, cells in enumerate(placed):
        for cell, column, width in cells:
            if _merge(cell) == "continue":
                continue
            down = 1
            while _merge(cell) == "restart" and _continues(placed, r + down, column):
                down += 1
            canvas.put("".join(_texts(cell)).strip("\n"), r, column, down, width)
    return canvas.grid()


def _own(element: etree._Element, name: str) -> Iterator[etree._Element]:
    """The rows of a table or the cells of a row, through content controls, not those of inner tables."""
    for child in element:
        tag = _name(child)
        if tag == name:
            yield child
        elif tag in ("sdt", "sdtContent", "ins", "customXml", "smartTag"):
            yield from _own(child, name)


def _placed(row: etree._Element) -> Iterator[tuple[etree._Element, int, int]]:
    """Each cell of a row with its first grid column from 0 and the columns it spans."""
    column = _number(_property(row, "trPr", "gridBefore"), 0)
    for cell in _own(row, "tc"):
        width = _number(_property(cell, "tcPr", "gridSpan"), 1)
        yield cell, column, width
        column += width


def _continues(placed: list[list[tuple[etree._Element, int, int]]], row: int, column: int) -> bool:
    cells = placed[row] if row < len(placed) else []
    return any(at == column and _merge(cell) == "continue" for cell, at, _ in cells)


def _merge(cell: etree._Element) -> str | None:
    """`restart` where a cell over several rows begins, `continue` where it goes on."""
    merge = _property(cell, "tcPr", "vMerge")
    return None if merge is None else merge.get(f"{{{_MAIN}}}val") or "continue"


def _texts(element: etree._Element) -> Iterator[str]:
    for child in element:
        tag = _name(child)
        if tag in _UNPRINTED or (tag == "r" and _property(child, "rPr", "vanish") is not None):
            continue
        # A raised mark stands apart, lest it become a digit of the figure before it.
        apart = tag == "p" or (tag == "r" and _property(child, "rPr", "vertAlign") is not None)
        if apart:
            yield "\n"
        if tag == "t":
            yield child.text or ""
        elif tag in ("br", "cr"):
            yield "\n"
        elif tag == "tab":
            yield "\t"
        elif tag == "noBreakHyphen":
            yield "-"
        else:
            yield from _texts(child)


def _property(element: etree._Element, group: str, name: str) -> etree._Element | None:
    return element.find(f"{{{_MAIN}}}{group}/{{{_MAIN}}}{name}")


def _number(element: etree._Element | None, default: int) -> int:
    text = "" if element is None else element.get(f"{{{_MAIN}}}val") or ""
    return min(int(text), _MOST_SPANNED) if text.isascii() and text.isdigit() else default


def _name(element: etree._Element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""
