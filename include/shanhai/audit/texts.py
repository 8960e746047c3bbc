"""The texts that a run is performed by, kept in the warehouse under their hashes.

A report shows what a check was called and meant when it was run; re-wording it later changes no old report.
"""

import hashlib
from typing import Any

import yaml
from psycopg import Connection

from shanhai import settings
from shanhai.audit.results import AuditError
from shanhai.documents.check import FAMILIES, Check, load_checks

Texts = dict[str, str]


def catalogue() -> list[Check]:
    """Every check of the catalogue as it stands now."""
    return load_checks(settings.AUDIT / "checks")


def present() -> Texts:
    """Path → text of every check, and of every register that a check reads, as they stand now."""
    texts = {}
    for check in catalogue():
        texts[f"checks/{check.id}.yml"] = _read(settings.AUDIT / "checks" / f"{check.id}.yml")
        for relation in check.reads.values():
            if relation.startswith("seeds/"):
                texts[f"{relation}.csv"] = _read(settings.DBT_PROJECT / f"{relation}.csv")
    return texts


def hashes(texts: Texts) -> dict[str, str]:
    """Path → SHA-256 of the text in UTF-8."""
    return {path: hashlib.sha256(text.encode()).hexdigest() for path, text in sorted(texts.items())}


def catalogue_sha256(texts: Texts) -> str:
    """Hash of the documents of all checks."""
    named = "".join(f"{path.removeprefix('checks/')}{sha256}" for path, sha256 in hashes(texts).items()
                    if path.startswith("checks/"))  # fmt: skip
    return hashlib.sha256(named.encode()).hexdigest()


def keep(connection: Connection, texts: Texts) -> None:
    """Store those of the texts that the warehouse does not hold yet."""
    for path, sha256 in hashes(texts).items():
        connection.execute(
            "insert into audit.document (sha256, path, body) values (%s, %s, %s) on conflict do nothing",
            (sha256, path, texts[path]),
        )


def of_run(connection: Connection, run_id: int) -> Texts:
    """The texts that a run was performed by; raises AuditError when it kept none."""
    rows = connection.execute(
        """
        select named.key, document.body
        from audit.run
        cross join jsonb_each_text(run.documents) as named
        inner join audit.document on named.value = document.sha256
        where run.run_id = %s
        """,
        (run_id,),
    ).fetchall()
    if not rows:
        raise AuditError(f"run {run_id} kept no texts of its checks: audit it again · 未存检查文本，请重新审计")
    return dict(rows)


def check_of(texts: Texts, check_id: str) -> dict[str, Any]:
    """The document of a check as it was, as plain data; today's rules for documents are not asked of it."""
    content: dict[str, Any] = yaml.safe_load(texts[f"checks/{check_id}.yml"])
    return content


def told(texts: Texts, check_id: str) -> dict[str, Any]:
    """What a report says of a check: title, family, level, dimension, owner, tolerance, reference, enforcement."""
    document = check_of(texts, check_id)
    kept = ("title", "level", "dimension", "owner", "reference", "enforced")
    return {name: document[name] for name in kept} | {
        "family": FAMILIES[check_id[0]].model_dump(),
        "tolerance": document.get("tolerance"),
        "is_reconciled": "reconciles" in document,
    }


def _read(path: Any) -> str:
    return str(path.read_text(encoding="utf-8"))
