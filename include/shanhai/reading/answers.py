"""Answers of a data interface: each data node is a figure."""

from collections.abc import Iterator
from dataclasses import dataclass

from shanhai.carriers.easyquery import DataNode
from shanhai.documents.layout import Column
from shanhai.documents.terms import Reading
from shanhai.errors import CellError
from shanhai.grammar.figures import missing, read_cell
from shanhai.reading.observations import Observations, nearest
from shanhai.reading.publication import Publication, Row, Tally


@dataclass(frozen=True)
class AnswerReader:
    """Reads figures out of the nodes of an answer; columns are named by the interface's indicator codes."""

    publication: Publication
    observations: Observations
    tally: Tally

    def rows(self) -> Iterator[Row]:
        """Every figure of the answer whose indicator is declared."""
        publication, document = self.publication, self.publication.document
        columns = {column.head: column for column in publication.figure_columns()}
        names = {node.indicator: f"{node.indicator} {node.indicator_name}" for node in publication.data_nodes}
        differences = [f"- {code}" for code in columns.keys() - names.keys()]
        differences += [f"+ {names[code]}" for code in names.keys() - columns.keys() - set(document.ignored)]
        if differences:
            problem = "differ from the approved ones (- declared, + answered):\n" + "\n".join(sorted(differences))
            raise publication.problem("the indicators", problem)
        for node in publication.data_nodes:
            column = columns.get(node.indicator)
            if column is None:
                self.tally.cells_ignored += 1
                continue
            try:
                yield self._data_node(node, column)
            except CellError as error:
                place = f"{node.locator} ({node.region_name} · {names[node.indicator]} · {node.time})"
                raise publication.problem(place, str(error)) from error

    def _data_node(self, node: DataNode, column: Column) -> Row:
        levels = [column, Reading(period=node.period), self.publication.edition, self.publication.document]
        name = node.region_name or nearest("subject", levels)
        if name is None:
            raise CellError("says of nobody: declare a subject")
        if node.has_data:
            node.check()
            digits = self.observations.most_digits(str(column.indicator), node.unit or column.unit or "")
            figure = read_cell(node.text, self.publication.symbols, digits)
        else:
            figure = missing(node.text, "not_available")
        unit = node.unit or column.unit or ""
        return self.observations.of_column(
            figure, str(column.indicator), unit, node.locator, levels, str(name), node.region
        )
