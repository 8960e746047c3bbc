"""What is known of findings before anybody asks: contradictions from the start, causes found in the publications."""

import re
from datetime import date
from typing import Literal

from psycopg import Connection
from psycopg.types.json import Jsonb
from pydantic import Field

from shanhai import settings
from shanhai.documents.check import CheckId
from shanhai.documents.terms import Bilingual, Strict
from shanhai.documents.yaml_file import load_document
from shanhai.warehouse.connection import connect


class Contradiction(Strict):
    """Two statements that do not agree, or seem not to, and why."""

    id: str = Field(pattern=r"^C\d\d$")
    check: CheckId
    says: Bilingual
    because: Bilingual


class ContradictionRegister(Strict):
    """All of them."""

    contradictions: list[Contradiction] = Field(min_length=1)


class Explanation(Strict):
    """The cause of findings of a check, and which they are."""

    id: str = Field(pattern=r"^E\d\d$")
    check: CheckId
    items: str = Field(description="Regular expression that the name of an item matches")
    classification: Literal["source_error", "parser_error", "scope_change", "revision", "genuine"]
    because: Bilingual


class ExplanationRegister(Strict):
    """All of them."""

    explanations: list[Explanation] = Field(min_length=1)


def contradictions() -> list[Contradiction]:
    """The register of contradictions that were known from the start."""
    return load_document(settings.AUDIT / "contradictions.yml", ContradictionRegister).contradictions


def explanations() -> list[Explanation]:
    """The register of causes."""
    return load_document(settings.AUDIT / "explanations.yml", ExplanationRegister).explanations


def enter(on: date) -> int:
    """Open every contradiction, explained, and explain the open findings whose cause is known; how many were new."""
    with connect("auditor") as connection:
        return _open_contradictions(connection, on) + _explain_known(connection)


def _open_contradictions(connection: Connection, on: date) -> int:
    new = 0
    for each in contradictions():
        row = connection.execute(
            """
            insert into audit.finding (check_id, item, severity, is_material, detail, opened_on, opened_by)
            values (%s, %s, 'warning', true, %s, %s, 'register')
            on conflict (check_id, item) do nothing returning finding_id
            """,
            (each.check, f"{each.id} {each.says.en}", Jsonb(each.model_dump()), on),
        ).fetchone()
        if row:
            _explain(connection, row[0], each.because, None)
            new += 1
    return new


def _explain_known(connection: Connection) -> int:
    waiting = connection.execute(
        "select finding_id, check_id, item from audit.finding_standing where last_state is null order by finding_id"
    ).fetchall()
    new = 0
    for finding_id, check_id, item in waiting:
        for each in explanations():
            if each.check == check_id and re.search(each.items, item):
                _explain(connection, finding_id, each.because, each.classification)
                new += 1
                break
    return new


def _explain(connection: Connection, finding_id: int, because: Bilingual, classification: str | None) -> None:
    connection.execute(
        """
        insert into audit.finding_decision (finding_id, state, classification, owner, reason, decided_by)
        values (%s, 'explained', %s, 'statistics', %s, 'register')
        """,
        (finding_id, classification, f"{because.en} · {because.zh}"),
    )
