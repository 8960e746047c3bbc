"""Draws cells of a run by a seed that anybody can compute, and re-opens each in the archived bytes."""

import hashlib
import re
from typing import Any

from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from shanhai import archive
from shanhai.audit.performance import reading
from shanhai.audit.quarter import Quarter
from shanhai.audit.results import AuditError, plain
from shanhai.audit.scope import FACTS, PLANNING, Clock, composed, warehouse_source
from shanhai.errors import PublicationError
from shanhai.library import Library
from shanhai.reading.edition import EditionReader
from shanhai.warehouse.connection import connect

CELLS = 25
_AROUND = 40  # characters of the text shown on either side of the printed figure

# The counties whose turn it is come first, one cell each; so each of the 26 is traced once a year (domain §6.1).
_DRAWN = """
select
    observations.*, loads.loaded_by, loads.loaded_at as load_loaded_at, loads.code_commit,
    publications.file_name, publications.origin ->> 'title' as title,
    md5(%(seed)s || observations.observation_key) as lot
from observations
inner join ops.loads using (load_id)
inner join ops.publications on loads.publication_sha256 = publications.publication_sha256
where observations.value is not null
"""
_TURN = """
, placed as (
    select
        tested.*,
        turn.division_code is not null
        and row_number() over (partition by tested.division_code order by tested.lot) = 1 as is_turn
    from tested
    left join (
        select division_code, mod(row_number() over (order by division_code), 4) + 1 as number
        from members where list_code = 'original_26'
    ) as turn on tested.division_code = turn.division_code and turn.number = %(number)s
)
select * from placed order by is_turn desc, lot limit %(cells)s
"""


def sample(run_id: int) -> int:
    """Draw the cells of a run and store a receipt for each; returns how many the archived bytes do not hold.

    The seed is the run's quarter and catalogue: neither the auditor nor the loader chooses. Drawing a run twice is an
    error, for the second draw could replace the first.
    """
    with connect("auditor") as connection:
        row = connection.execute(
            "select quarter, as_of, catalogue_sha256 from audit.run where run_id = %s", (run_id,)
        ).fetchone()
    if row is None:
        raise AuditError(f"there is no run {run_id}")
    quarter, library = Quarter.parse(row[0]), Library.open()
    seed = hashlib.sha256(f"{quarter}:{row[2]}".encode()).hexdigest()
    reads = {"observations": FACTS, "members": "marts.dim_list_membership"}
    statement, parameters = composed(
        _DRAWN.replace("%(seed)s", f"'{seed}'"), reads, Clock(quarter, row[1]), warehouse_source,
        _TURN.replace("%(number)s", str(quarter.number)).replace("%(cells)s", str(CELLS)),
    )  # fmt: skip
    with reading() as reader, reader.cursor(row_factory=dict_row) as cursor:
        reader.execute(PLANNING)
        drawn = cursor.execute(statement, parameters).fetchall()
    receipts = [receipt(library, cell) | {"seed": seed} for cell in drawn]
    with connect() as connection:
        for position, each in enumerate(receipts, 1):
            connection.execute(
                """
                insert into audit.sample_cell (run_id, position, observation_key, is_held, receipt)
                values (%s, %s, %s, %s, %s)
                """,
                (run_id, position, each["observation_key"], each["is_held"], Jsonb(each)),
            )
    return sum(not each["is_held"] for each in receipts)


def receipt(library: Library, cell: dict[str, Any]) -> dict[str, Any]:
    """The way of one figure back to its print: value, conversion, load, bytes, and the characters found there."""
    kept = ("observation_key", "subject_name", "division_code", "indicator_code", "time_period", "accum", "printed",
            "obs_value", "unit_printed", "unit_mult", "unit_measure", "value", "estimate_round", "obs_status",
            "published_on", "table_id", "edition", "load_id", "loaded_by", "code_commit", "publication_sha256",
            "file_name", "title", "locator")  # fmt: skip
    told = {name: plain(cell[name]) for name in kept}
    try:
        source = library.catalogue.tables[cell["table_id"]]
        edition = source.edition(cell["edition"])
        reader = library.reader(source, edition, archive.fetch(cell["publication_sha256"]))
        found = reader.printed_at(cell["locator"])
        excerpt = _excerpt(reader.text, cell["locator"]) if source.document.carrier == "text" else _row(reader, cell)
    except (KeyError, ValueError, PublicationError, archive.ArchiveError) as error:
        return told | {"found": None, "excerpt": None, "problem": str(error), "is_held": False}
    converts = cell["value"] == cell["obs_value"].scaleb(cell["unit_mult"]) if cell["obs_value"] is not None else True
    return told | {"found": found, "excerpt": excerpt, "is_held": found == cell["printed"] and converts}


def _row(reader: EditionReader, cell: dict[str, Any]) -> str:
    """The head of the column, and the row that holds the figure: label, neighbours, the figure between brackets."""
    for row in reader.grid.rows:
        for place, each in enumerate(row):
            if each.locator == cell["locator"]:
                near = [
                    f"【{c.text.strip()}】" if c is each else c.text.strip() for c in row[max(1, place - 2) : place + 3]
                ]
                return f"{_head(reader, place + 1)} ‖ " + " | ".join([row[0].text.strip()] * (place > 0) + near)
    raise KeyError(f"no cell at {cell['locator']}")


def _head(reader: EditionReader, column: int) -> str:
    """The head that stands over a column, as the publication prints it."""
    document = reader.source.document
    for block in reader.publication.blocks if document.layout else []:
        for declared in document.columns:
            if block.prints(declared.head) and block.heads.position(declared.head) == column:
                return declared.head
    return "—"


def _excerpt(text: str, locator: str) -> str:
    """The printed figure between brackets, with what stands around it."""
    span = re.search(r"(\d+)-(\d+)$", locator)
    if span is None:
        raise ValueError(f"{locator} is no span of characters")
    begin, end = int(span[1]), int(span[2])
    before, after = text[max(0, begin - _AROUND) : begin], text[end : end + _AROUND]
    return re.sub(r"\s+", " ", f"…{before}【{text[begin:end]}】{after}…")
