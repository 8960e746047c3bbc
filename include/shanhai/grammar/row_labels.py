"""Rows that name indicators: which declared row a printed label is, under which heading; what is missing or strange."""

from dataclasses import dataclass, field

from shanhai.documents.layout import TableRow
from shanhai.errors import CellError
from shanhai.grammar.patterns import Pattern, tight


@dataclass
class RowLabels:
    """The declared rows of a table, met one after the other as they are printed."""

    rows: list[TableRow]
    ignored: list[str]
    said: dict[str, str] = field(default_factory=dict)
    # Headings that say what the columns hold in the rows under them, and the last of them met.
    headings: set[str] = field(default_factory=set)
    heading: str | None = None

    def __post_init__(self) -> None:
        self._ignored = {tight(label) for label in self.ignored}
        self._plain: dict[str, list[TableRow]] = {}
        self._forms: list[tuple[Pattern, TableRow]] = []
        for row in self.rows:
            pattern = Pattern(row.label)
            if pattern.names and not row.is_heading:
                raise CellError(f"the row {row.label!r} has a placeholder, and only a heading may have one")
            if pattern.names:
                self._forms.append((pattern, row))
            else:
                self._plain.setdefault(pattern.declared, []).append(row)
        self._headings = {tight(row.under) for row in self.rows if row.under}
        self._heading: str | None = None
        self._met: set[int] = set()
        self._of_columns = {tight(heading): heading for heading in self.headings}
        self._of_columns_met: set[str] = set()

    def meet(self, printed: str) -> TableRow | None:
        """The row that a printed label is; None for one that is not read. Raises CellError for one nobody declared."""
        label = tight(printed)
        if label in self._ignored:
            return None
        if label in self._headings:
            self._heading = label
        candidates = self._plain.get(label, [])
        fitting = [row for row in candidates if row.under is None or tight(row.under) == self._heading]
        if len(fitting) > 1:
            raise CellError(f"is declared {len(fitting)} times: say `under` which heading each stands")
        if candidates and not fitting:
            raise CellError(f"stands under {self._heading!r}, and is not declared there")
        if fitting:
            self._met.add(id(fitting[0]))
            return fitting[0]
        return self._form(label)

    def is_heading(self, printed: str) -> bool:
        """Whether a printed label says what the columns hold in the rows under it."""
        heading = self._of_columns.get(tight(printed)) if self.headings else None
        if heading is None:
            return False
        self.heading = heading
        self._of_columns_met.add(heading)
        return True

    def _form(self, label: str) -> TableRow:
        found = [(row, said) for form, row in self._forms if (said := form.match(label)) is not None]
        if len(found) != 1:
            several = f", and {len(found)} forms of headings fit" if found else ""
            raise CellError(f"the label {label!r} is not declared in `rows` or `ignored_rows`{several}")
        row, said = found[0]
        self._met.add(id(row))
        self.said |= said
        return row

    def refuse_missing(self) -> None:
        """Raises CellError when a declared row was not met."""
        missing = [row for row in self.rows if id(row) not in self._met]
        places = [f"- {row.under}>{row.label}" if row.under else f"- {row.label}" for row in missing]
        places += [f"- {heading}" for heading in sorted(self.headings - self._of_columns_met)]
        if places:
            raise CellError("lack declared ones (- declared):\n" + "\n".join(places))
