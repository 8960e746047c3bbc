"""What the tables of a release hold, as hashes that do not depend on the order of rows, and the seal over them."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from psycopg import Connection, sql
from psycopg.types.json import Jsonb

from shanhai import signing
from shanhai.seal import check_signature
from shanhai.warehouse.connection import scalar

_CONTENT = """
select jsonb_build_object(
    'rows', count(*),
    'content_sha256', encode(sha256(coalesce(string_agg(row_sha256, '' order by row_sha256), '')), 'hex')
) from (select sha256(convert_to(row::text, 'UTF8')) as row_sha256 from {} as row) as rows
"""


class TamperedError(RuntimeError):
    """A table of a release is not what its tests saw, or its seal was not made by this installation."""


@dataclass(frozen=True)
class Seal:
    """What a release was sealed with: relation → rows, hash, version; the signature covers all of it."""

    base_release_id: int | None
    content: dict[str, dict[str, Any]]
    reasons: dict[str, dict[str, Any]]
    model_sha256: dict[str, str]


def content_of(connection: Connection, schema: str, relations: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Relation → its number of rows and the hash of their contents."""
    return {
        relation: scalar(connection, sql.SQL(_CONTENT).format(sql.Identifier(schema, relation)))
        for relation in relations
    }


def signed_content(release_id: int, content: dict[str, dict[str, Any]]) -> bytes:
    """The bytes that are signed: release id and content as canonical JSON, one a line, in UTF-8."""
    return f"{release_id}\n{json.dumps(content, sort_keys=True, ensure_ascii=False)}".encode()


def write_seal(connection: Connection, release_id: int, seal: Seal) -> None:
    """Sign the content and keep it in `ops.release_seals`, within the caller's transaction."""
    connection.execute(
        """
        insert into ops.release_seals
            (release_id, base_release_id, content, reasons, model_sha256, public_key, signature)
        values (%s, %s, %s, %s, %s, %s, %s)
        """,
        (release_id, seal.base_release_id, Jsonb(seal.content), Jsonb(seal.reasons), Jsonb(seal.model_sha256),
         signing.public_key(), signing.sign(signed_content(release_id, seal.content))),
    )  # fmt: skip


def read_seal(connection: Connection, release_id: int) -> Seal | None:
    """The seal of a release; None for one built before there were seals."""
    row = connection.execute(
        "select base_release_id, content, reasons, model_sha256 from ops.release_seals where release_id = %s",
        (release_id,),
    ).fetchone()
    return Seal(*row) if row else None


def check_seal(connection: Connection, release_id: int, schema: str) -> None:
    """Refuse a release whose tables are not what was sealed; raises TamperedError naming the relation.

    The tables are locked against writers to the end of the caller's transaction, so what is checked is what is shown.
    """
    row = connection.execute(
        "select content, public_key, signature from ops.release_seals where release_id = %s", (release_id,)
    ).fetchone()
    if row is None:
        raise TamperedError(f"release {release_id} has no seal: build it anew")
    content, public_key, signature = row
    if not check_signature(public_key, signature, signed_content(release_id, content)):
        raise TamperedError(f"the seal of release {release_id} does not hold its signature")
    tables = sql.SQL(", ").join(sql.Identifier(schema, relation) for relation in sorted(content))
    connection.execute(sql.SQL("lock table {} in share mode").format(tables))
    for relation, found in content_of(connection, schema, sorted(content)).items():
        sealed = content[relation]
        if found != {key: sealed[key] for key in found}:
            raise TamperedError(
                f"{schema}.{relation} was altered after its tests: "
                f"{sealed['rows']} rows, {sealed['content_sha256']}, are now {found['rows']}, {found['content_sha256']}"
            )
