"""Where every edition of the catalogue stands, judged from the ledger and the files, never from Airflow."""

from dataclasses import dataclass
from typing import Literal

from shanhai.documents.catalogue import sha256_of
from shanhai.library import Library
from shanhai.load import EditionKey
from shanhai.validate import suite_sha256
from shanhai.warehouse.connection import connect

State = Literal["pending", "accepted", "rejected", "refused"]

_LAST_VERDICTS = """
select loads.table_id, loads.edition, loads.publication_sha256, loads.reading_sha256,
    verdict.is_accepted, verdict.suite_sha256, exists (
        select from ops.failing_rows inner join ops.waivers using (waiver_id)
        where failing_rows.verdict_id = verdict.verdict_id and waivers.expires_on < current_date
    ) as rests_on_expired_waiver
from ops.loads
inner join lateral (
    select verdict_id, is_accepted, suite_sha256 from ops.verdicts
    where verdicts.load_id = loads.load_id order by verdict_id desc limit 1
) as verdict on true
"""


@dataclass(frozen=True)
class EditionState:
    """One edition and what has become of its present bytes under its present document."""

    publisher_id: str
    key: EditionKey
    state: State


def edition_states(library: Library | None = None, publisher_id: str | None = None) -> list[EditionState]:
    """Every edition of the catalogue, or of one publisher, with its state, in catalogue order."""
    library = library or Library.open()
    with connect() as connection:
        verdicts = {tuple(row[:4]): tuple(row[4:]) for row in connection.execute(_LAST_VERDICTS)}
        refused = {
            tuple(row)
            for row in connection.execute(
                "select table_id, edition, publication_sha256, reading_sha256 from ops.refusals"
            )
        }
    states: list[EditionState] = []
    for source in library.catalogue.tables.values():
        if publisher_id not in (None, source.publisher_id):
            continue
        suite = suite_sha256(source.document.relation, source.table_id)
        for edition in source.document.editions:
            key = EditionKey(source.table_id, edition.edition, edition.issue)
            digest = sha256_of(source.file(edition))
            seen = (source.table_id, edition.edition, digest)
            reading = library.reading_sha256(source, edition)
            state: State = "pending"
            if (*seen, reading) in verdicts:
                is_accepted, judged_by, rests_on_expired_waiver = verdicts[*seen, reading]
                # A waiver that has run out holds until somebody renews it in its document: then the gate judges anew.
                if is_accepted and not (rests_on_expired_waiver and judged_by != suite):
                    state = "accepted"
                elif judged_by == suite:
                    state = "rejected"
            elif (*seen, reading) in refused or ((*seen, None) in refused and digest != edition.sha256):
                state = "refused"
            states.append(EditionState(source.publisher_id, key, state))
    return states


def pending_editions(publisher_id: str | None = None, library: Library | None = None) -> list[EditionState]:
    """The editions that a load has still to be tried for."""
    return [each for each in edition_states(library, publisher_id) if each.state == "pending"]


def is_settled(quiet_seconds: int = 20) -> bool:
    """Whether loading has come to rest: nothing is pending, or nothing has happened for `quiet_seconds`.

    An edition that is registered and never loaded must not hold up the build of all others.
    """
    if not pending_editions():
        return True
    with connect() as connection:
        row = connection.execute(
            """
            select coalesce(max(happened_at) < clock_timestamp() - make_interval(secs => %s), true)
            from (
                select max(loaded_at) as happened_at from ops.loads
                union all select max(decided_at) from ops.verdicts
                union all select max(archived_at) from ops.publications
            ) as events
            """,
            (quiet_seconds,),
        ).fetchone()
    return bool(row and row[0])
