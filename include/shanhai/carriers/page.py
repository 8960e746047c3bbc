"""HTML pages: the cells of one table by table, row and column (`T1R4C2`), row and column spans spread."""

from collections.abc import Iterator

from lxml import html

from shanhai.carriers.grid import Cell, Grid

_MOST_SPANNED = 1000  # HTML's own limit; a page that says more is broken or hostile


def read_page(content: bytes, encoding: str, table: int) -> Grid:
    """The cells of the page's table number `table`; raises ValueError when there is no such table."""
    text = content.decode("utf-8-sig" if encoding == "utf-8" else encoding, errors="strict")
    tables = list(html.document_fromstring(text, parser=html.HTMLParser(no_network=True)).iter("table"))
    if table > len(tables):
        raise ValueError(f"no table {table}; the page has {len(tables)}")
    rows: list[list[Cell | None]] = []
    for r, row in enumerate(_rows(tables[table - 1])):
        _extend(rows, r)
        column = 0
        for element in row.iterchildren("td", "th"):
            while column < len(rows[r]) and rows[r][column] is not None:
                column += 1
            text = "\n".join(element.itertext())
            for down in range(_span(element, "rowspan")):
                for right in range(_span(element, "colspan")):
                    _extend(rows, r + down, column + right)
                    place = f"T{table}R{r + down + 1}C{column + right + 1}"
                    rows[r + down][column + right] = Cell(text, place, spanned=bool(down or right))
    return Grid(
        [[cell or Cell("", f"T{table}R{r}C{c}") for c, cell in enumerate(row, 1)] for r, row in enumerate(rows, 1)]
    )


def _rows(table: html.HtmlElement) -> Iterator[html.HtmlElement]:
    """The table's own rows; those of a table inside a cell are not among them."""
    for child in table.iterchildren("tr", "thead", "tbody", "tfoot"):
        yield from [child] if child.tag == "tr" else child.iterchildren("tr")


def _span(element: html.HtmlElement, name: str) -> int:
    return min(max(int(element.get(name) or 1), 1), _MOST_SPANNED)


def _extend(rows: list[list[Cell | None]], row: int, column: int = -1) -> None:
    while len(rows) <= row:
        rows.append([])
    rows[row].extend([None] * (column + 1 - len(rows[row])))
