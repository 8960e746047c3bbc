"""What can be wrong with a publication or a document, always with the place where it is wrong."""

_LONGEST = 5000  # characters of what a refusal says: the difference of a head of some hundred columns


class DocumentError(ValueError):
    """A document does not say what a document may say; names file, line and what is allowed."""


class PublicationError(ValueError):
    """A publication does not read as its document says; names table, edition and cell.

    The bytes stay archived; the edition is refused as a whole, never read in part.
    """

    def __init__(self, table_id: str, edition: str, place: str, problem: str) -> None:
        # A hostile cell of a million characters must not be written out in every report of it.
        self.place, self.problem = (t if len(t) <= _LONGEST else f"{t[:_LONGEST]}…" for t in (place, problem))
        self.table_id, self.edition = table_id, edition
        super().__init__(f"{table_id}, edition {edition}, {self.place}: {self.problem}")


class CellError(ValueError):
    """A printed text is not a figure of this indicator; the reader adds table, edition and cell."""
