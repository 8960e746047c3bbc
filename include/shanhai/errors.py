"""What can be wrong with a publication or a document, always with the place where it is wrong."""


class DocumentError(ValueError):
    """A document does not say what a document may say; names file, line and what is allowed."""


class PublicationError(ValueError):
    """A publication does not read as its document says; names table, edition and cell.

    The bytes stay archived; the edition is refused as a whole, never read in part.
    """

    def __init__(self, table_id: str, edition: str, place: str, problem: str) -> None:
        self.table_id, self.edition, self.place, self.problem = table_id, edition, place, problem
        super().__init__(f"{table_id}, edition {edition}, {place}: {problem}")


class CellError(ValueError):
    """A printed text is not a figure of this indicator; the reader adds table, edition and cell."""
