"""One edition's bytes, opened as its document says: as text, as cells or as the answers of a data interface."""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TypeVar

from shanhai.carriers.decoding import decode
from shanhai.carriers.easyquery import DataNode, read_easyquery
from shanhai.carriers.grid import Grid
from shanhai.carriers.opening import open_grid
from shanhai.documents.catalogue import TableSource
from shanhai.documents.layout import Column, Layout
from shanhai.documents.source import Edition, SourceDocument
from shanhai.errors import CellError, DocumentError, PublicationError
from shanhai.grammar.repairs import RepairedText, refuse_damage, repair_text
from shanhai.reading.blocks import TableBlock, check_coverage

Row = dict[str, object]
Opened = TypeVar("Opened")


@dataclass
class Tally:
    """What became of the cells of an edition, and which optional statements it does not make."""

    rows: int = 0
    cells_ignored: int = 0
    rows_left_out: Counter[str] = field(default_factory=Counter)
    statements_absent: list[str] = field(default_factory=list)
    paragraphs_repeated: int = 0


@dataclass(frozen=True)
class Publication:
    """The bytes of an edition with its document; opened when first asked for."""

    source: TableSource
    edition: Edition
    content: bytes

    @property
    def document(self) -> SourceDocument:
        """How the table reads."""
        return self.source.document

    @property
    def layout(self) -> Layout:
        """Where head, labels and body stand; raises DocumentError for a carrier that has none."""
        if self.document.layout is None:
            raise DocumentError(f"{self.source.path}: a table without a layout")
        return self.document.layout

    @cached_property
    def symbols(self) -> dict[str, str]:
        """What the marks mean that the document declares."""
        return dict(self.document.symbols)

    @cached_property
    def published_on(self) -> date | None:
        """The date in the origin record."""
        return self.source.origin(self.edition).published_on

    @cached_property
    def text(self) -> str:
        """The whole text, decoded strictly."""
        return self._opened(lambda: decode(self.content, self.document.encoding))

    @cached_property
    def repaired(self) -> RepairedText:
        """The text after the declared repairs, with the way back to the printed characters."""
        try:
            return repair_text(self.text, self.document.repair)
        except CellError as error:
            raise self.problem("the text", str(error)) from error

    @property
    def grid(self) -> Grid:
        """The cells of the table, those of its first stretch where it has several grids."""
        return self._grid(self.layout)

    @cached_property
    def blocks(self) -> list[TableBlock]:
        """The stretches of the table, in order; raises DocumentError when they do not print what is declared."""
        document, layouts = self.document, self.layout.stretches()
        declared = [*(column.head for column in document.columns), *document.ignored]
        check_coverage(layouts, declared, str(self.source.path))
        return [TableBlock(self, layout, self._grid(layout)) for layout in layouts]

    def _grid(self, layout: Layout) -> Grid:
        """The cells that a layout stands on, opened once for all layouts on the same sheet, page and table."""
        place = (layout.sheet, layout.page, layout.table)
        if place not in self._grids:
            grid = self._opened(lambda: open_grid(self.content, self.document, layout))
            for number, texts in enumerate(grid.texts, 1):
                try:
                    refuse_damage("\t".join(texts))
                except CellError as error:
                    raise self.problem(f"row {number}", str(error)) from error
            self._grids[place] = grid
        return self._grids[place]

    @cached_property
    def _grids(self) -> dict[tuple[str | None, int, int], Grid]:
        return {}

    @cached_property
    def data_nodes(self) -> list[DataNode]:
        """The figures of an answer in JSON."""
        return self._opened(lambda: read_easyquery(self.content, self.document.encoding))

    def figure_columns(self) -> list[Column]:
        """The declared columns that hold figures."""
        return [column for column in self.document.columns if column.field is None]

    def printed_at(self, locator: str) -> str:
        """The characters of the publication at a locator; raises KeyError when nothing is there."""
        if locator.startswith("char "):
            start, end = locator.removeprefix("char ").split("-")
            return self.text[int(start) : int(end)]
        if self.document.carrier == "json":
            return self._answers[locator]
        blocks = self.blocks  # opens the grid of each
        for grid in {id(block.grid): block.grid for block in blocks}.values():
            with suppress(KeyError):
                return grid.printed_at(locator)
        raise KeyError(locator)

    @cached_property
    def _answers(self) -> dict[str, str]:
        return {node.locator: node.text for node in self.data_nodes}

    def _opened(self, opener: Callable[[], Opened]) -> Opened:
        try:
            return opener()
        except (ValueError, OSError) as error:
            raise self.problem("the file", f"does not open as {self.document.carrier}: {error}") from error

    def problem(self, place: str, problem: str) -> PublicationError:
        """The error that refuses this edition, naming table, edition and place."""
        return PublicationError(self.source.table_id, self.edition.edition, place, problem)
