"""Follows a figure that readers see back to the printed characters, through the archived bytes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from psycopg.rows import class_row

from shanhai import archive
from shanhai.library import Library
from shanhai.settings import Role
from shanhai.warehouse.connection import connect

# Every vintage of the figure in the release that readers see, with the load it came by and the verdict on it.
_VINTAGES = """
select facts.subject_name, facts.indicator_code, facts.time_period, facts.accum, facts.vintage_rank,
    facts.value, facts.unit_measure, facts.printed, facts.obs_value, facts.unit_printed, facts.unit_mult,
    facts.value_qualifier, facts.obs_status, facts.estimate_round, facts.published_on, facts.locator,
    loads.load_id, loads.table_id, loads.edition, loads.publication_sha256, loads.loaded_by, loads.loaded_at,
    loads.code_commit, publications.file_name, publications.origin ->> 'title' as title,
    publications.origin ->> 'address' as address, verdict.reason as verdict, verdict.expectations_run
from marts.fct_observations as facts
inner join ops.loads using (load_id)
inner join ops.publications on loads.publication_sha256 = publications.publication_sha256
inner join lateral (
    select reason, expectations_run from ops.verdicts
    where verdicts.load_id = loads.load_id order by verdict_id desc limit 1
) as verdict on true
where %(subject)s in (facts.division_code, facts.subject_name)
    and facts.indicator_code = %(indicator)s and facts.time_period = %(period)s
order by facts.accum, facts.vintage_rank
"""


@dataclass(frozen=True)
class Vintage:
    """One published value of a figure: what it is, where it is printed, how it came here; `value` in `unit_measure`."""

    subject_name: str
    indicator_code: str
    time_period: str
    accum: str
    vintage_rank: int
    value: Decimal | None
    unit_measure: str
    printed: str
    obs_value: Decimal | None
    unit_printed: str | None
    unit_mult: int
    value_qualifier: str
    obs_status: str
    estimate_round: str
    published_on: date | None
    locator: str
    load_id: int
    table_id: str
    edition: str
    publication_sha256: str
    loaded_by: str
    loaded_at: datetime
    code_commit: str | None
    file_name: str
    title: str
    address: str | None
    verdict: str
    expectations_run: int

    def found_in_archive(self, library: Library) -> bool:
        """Whether the archived bytes print these characters at the locator; raises ArchiveError for altered bytes."""
        source = library.catalogue.tables[self.table_id]
        edition = source.issue_of(self.edition, self.publication_sha256)
        reader = library.reader(source, edition, archive.fetch(self.publication_sha256))
        return reader.printed_at(self.locator) == self.printed

    def told(self, library: Library) -> str:
        """The way of the figure in a few lines, English and Chinese."""
        shown = "shown to readers · 展示值" if self.vintage_rank == 1 else "another vintage · 其他版本"
        held = "found in the archived bytes · 存档可见" if self.found_in_archive(library) else "NOT FOUND · 未找到"
        return f"""\
{self.subject_name} {self.indicator_code} {self.time_period} {self.accum}: {shown}
  value    {self.value} {self.unit_measure}  {self.value_qualifier}, {self.estimate_round}, status {self.obs_status}
  is       {self.obs_value} {self.unit_printed or ""} x 10^{self.unit_mult}
  printed  {self.printed!r} at {self.locator}, {held}
  in       {self.title}, published {self.published_on or "?"}  {self.address or ""}
           {self.file_name}, SHA-256 {self.publication_sha256}
  by       load {self.load_id} of {self.table_id}, edition {self.edition}
           {self.loaded_by}, {self.loaded_at:%Y-%m-%d %H:%M}, code {self.code_commit or "?"}
  judged   {self.expectations_run} expectations: {self.verdict}
"""


def vintages(subject: str, indicator: str, period: str, role: Role = "auditor") -> Iterator[Vintage]:
    """Every published value of an indicator of a division (code or name) or other subject in a period, best first."""
    with connect(role) as connection, connection.cursor(row_factory=class_row(Vintage)) as cursor:
        yield from cursor.execute(_VINTAGES, {"subject": subject, "indicator": indicator, "period": period})
