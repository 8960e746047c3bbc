"""Registers: tables whose cells are columns of a staging relation, as they stand."""

from collections.abc import Iterator
from datetime import date

from shanhai.errors import CellError
from shanhai.reading.blocks import TableBlock
from shanhai.reading.publication import Publication, Row
from shanhai.warehouse.tables import staging_relations


def read_register(publication: Publication) -> Iterator[Row]:
    """Every row under the head, each cell as its column's type; raises PublicationError at the first that is not."""
    for block in publication.blocks:
        yield from _rows(publication, block)


def _rows(publication: Publication, block: TableBlock) -> Iterator[Row]:
    relation = staging_relations[publication.document.relation]
    columns = [
        (block.heads.position(c.head), c, relation.columns[str(c.field)])
        for c in publication.document.columns
        if block.prints(c.head)
    ]
    for row in block.heads.body_rows():
        cells = [(block.cell_at(row, position), column, target) for position, column, target in columns]
        if not any(cell and cell.text.strip() for cell, _, _ in cells):
            continue
        values: Row = {"locator": f"R{row}"}
        for cell, column, target in cells:
            text = cell.text.strip() if cell else ""
            try:
                values[target.name] = cast_text(text, target.type.python_type)
                if values[target.name] is None and not target.nullable:
                    raise CellError("is empty, and every row must have it")
            except (CellError, ValueError, ArithmeticError) as error:
                place = cell.locator if cell else f"row {row}"
                raise publication.problem(f"cell {place} ({column.head})", f"{text!r} {error}") from error
        yield values


def cast_text(text: str, python_type: type) -> object:
    """A register's cell as its column's type; an empty cell is null."""
    if text == "":
        return None
    if python_type is bool:
        if text not in ("true", "false"):
            raise CellError("is neither true nor false")
        return text == "true"
    if python_type is date:
        return date.fromisoformat(text)
    return python_type(text)
