"""Declares the publication calendars of the documents in the ledger, one row whenever one has changed."""

import hashlib
import json
from typing import Any

from psycopg.types.json import Jsonb

from shanhai.documents.calendar import Release, Retirement
from shanhai.documents.catalogue import TableSource
from shanhai.grammar.periods import last_day_of
from shanhai.library import Library
from shanhai.settings import Role
from shanhai.warehouse.connection import connect

_MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
_EVER = ("0001-01-01", "9999-12-31")


def declare_calendars(library: Library | None = None, publisher_id: str | None = None, role: Role = "pipeline") -> int:
    """Keep each table's present calendar in `ops.calendars`; returns how many had changed.

    From its first declaration on, an edition is expected; nothing that happens or fails to happen in Airflow matters.
    """
    library = library or Library.open()
    changed = 0
    with connect(role) as connection:
        known: dict[str, str] = dict(
            connection.execute(
                "select distinct on (table_id) table_id, calendar_sha256 from ops.calendars "
                "order by table_id, calendar_id desc"
            ).fetchall()
        )
        for source in library.catalogue.tables.values():
            if publisher_id not in (None, source.publisher_id):
                continue
            calendar = calendar_of(source)
            digest = hashlib.sha256(json.dumps(calendar, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
            if known.get(source.table_id) != digest:
                connection.execute(
                    """
                    insert into ops.calendars (publisher_id, table_id, calendar, calendar_sha256)
                    values (%s, %s, %s, %s)
                    """,
                    (source.publisher_id, source.table_id, Jsonb(calendar), digest),
                )
                changed += 1
    return changed


def calendar_of(source: TableSource) -> dict[str, Any]:
    """When a table is due and which editions its document declares, with days instead of periods."""
    release = source.document.release or Release.model_validate(
        {"irregular": {"en": "no calendar is declared", "zh": "未声明发布日历"}}
    )
    first = last_day_of(release.first)
    return {
        "months": _MONTHS[release.every] if release.every else None,
        "first_period_end": first.isoformat() if first else None,
        "due_days": release.due_days,
        "load_days": release.load_days,
        "irregular": release.irregular.model_dump() if release.irregular else None,
        "retired": [_retirement(each) for each in release.retired],
        "editions": [
            {
                "edition": edition.edition,
                "issue": edition.issue,
                "period_end": _iso(last_day_of(edition.period or source.document.period)),
                "published_on": _iso(edition.published_on or source.origin(edition).published_on),
                "sha256": edition.sha256,
            }
            for edition in source.document.editions
        ],
    }


def _retirement(retired: Retirement) -> dict[str, Any]:
    return {
        "from": _iso(last_day_of(retired.first)) or _EVER[0],
        "to": _iso(last_day_of(retired.last)) or _EVER[1],
        "why": retired.why.model_dump(),
    }


def _iso(day: Any) -> str | None:
    return day.isoformat() if day else None
