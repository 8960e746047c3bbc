"""HTML pages: the cells of one table by table, row and column (`T1R4C2`), row and column spans spread.

Nothing is fetched and no script runs; what the page hides (`display:none`) is not printed and not read.
"""

import re
from collections.abc import Iterator

from lxml import etree, html

from shanhai.carriers.decoding import decode, family
from shanhai.carriers.grid import Canvas, Grid

_MOST_BYTES = 16 * 2**20  # the largest tables exported as pages have some ten
_MOST_ELEMENTS = 500_000  # of which the parser makes some 140 MiB; the end of memory it tells in no words of its own
_MOST_SPANNED = 1000  # HTML's own limit; a page that says more is broken or hostile
_HIDDEN = re.compile(r"(?i)(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse))")
_CHARSET = re.compile(rb"""(?i)<meta[^>]*?charset\s*=\s*["']?\s*([a-z0-9_\-]+)""")
_UNPRINTED = frozenset({"script", "style", "template", "head", "table"})
# Elements whose text stands apart from its neighbours; a raised mark must not become a digit of the figure before it.
_APART = frozenset({"br", "p", "div", "li", "ul", "ol", "dd", "dt", "hr", "h1", "h2", "h3", "h4", "pre", "sup", "sub"})


def read_page(content: bytes, encoding: str, table: int) -> Grid:
    """The cells of the page's table number `table`, a table inside a cell counted by itself.

    Raises ValueError when there is no such table, or when the page declares another encoding than the document.
    """
    _check_charset(content, encoding)
    text = decode(content, encoding, _MOST_BYTES)
    if not text.strip():
        raise ValueError("the page is empty")
    if text.count("<") - text.count("</") > _MOST_ELEMENTS:
        raise ValueError(f"the page has more than {_MOST_ELEMENTS} elements")
    try:
        root = html.document_fromstring(text, parser=html.HTMLParser(no_network=True))
    except (etree.ParserError, etree.XMLSyntaxError) as error:
        raise ValueError(f"the page is broken: {error}") from error
    tables = list(root.iter("table"))
    if table > len(tables):
        raise ValueError(f"no table {table}; the page has {len(tables)}")
    rows = [row for row in _rows(tables[table - 1]) if not _is_hidden(row)]
    canvas = Canvas(len(rows), f"T{table}")
    for r, row in enumerate(rows):
        column = 0
        for element in row.iterchildren("td", "th"):
            if _is_hidden(element):
                continue
            down, right = _span(element, "rowspan", len(rows) - r), _span(element, "colspan", 1)
            column = canvas.put("".join(_texts(element)).strip("\n"), r, column, down, right)
    return canvas.grid()


def _check_charset(content: bytes, encoding: str) -> None:
    match = _CHARSET.search(content[:4096])
    if not match:
        return
    named = match[1].decode("ascii")
    try:
        agrees = family(named) == family(encoding)
    except LookupError:
        agrees = False
    if not agrees:
        raise ValueError(f"byte {match.start(1)}: the page says it is {named}, the document declares {encoding}")


def _rows(table: html.HtmlElement) -> Iterator[html.HtmlElement]:
    """The table's own rows; those of a table inside a cell are not among them."""
    for child in table.iterchildren("tr", "thead", "tbody", "tfoot"):
        if child.tag == "tr":
            yield child
        elif not _is_hidden(child):
            yield from child.iterchildren("tr")


def _texts(element: html.HtmlElement) -> Iterator[str]:
    """The printed text of an element, a line break where its parts stand apart."""
    yield element.text or ""
    for child in element:
        printed = isinstance(child.tag, str) and child.tag not in _UNPRINTED and not _is_hidden(child)
        apart = printed and child.tag in _APART
        if apart:
            yield "\n"
        if printed:
            yield from _texts(child)
        if apart and child.tag != "br":
            yield "\n"
        yield child.tail or ""


def _is_hidden(element: html.HtmlElement) -> bool:
    return element.get("hidden") is not None or bool(_HIDDEN.search(element.get("style") or ""))


def _span(element: html.HtmlElement, name: str, rest: int) -> int:
    """A span as browsers read it: its leading digits, 1 when there are none, `rest` for a 0."""
    match = re.match(r"\s*\+?(\d{1,9})", element.get(name) or "")
    number = int(match[1]) if match else 1
    return min(number or rest, _MOST_SPANNED)
