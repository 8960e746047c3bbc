"""The pack of a quarter: one zip with everything that was found, sealed so that nothing in it can be touched unseen."""

import getpass
import hashlib
import io
import json
import zipfile
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from psycopg import ClientCursor, Connection, sql

from shanhai.audit import charts, evidence, report, texts
from shanhai.audit.offline import reperform, verify_pack
from shanhai.audit.performance import reading
from shanhai.audit.printed import printed
from shanhai.audit.quarter import Quarter
from shanhai.audit.scope import Clock, composed, warehouse_source
from shanhai.audit.workbook import written
from shanhai.seal import Entry
from shanhai.signing import public_key, sign
from shanhai.warehouse.connection import connect

_MOMENT = (1980, 1, 1, 0, 0, 0)  # the earliest a zip can say: two builds of one run are the same bytes
_READ_ME = """\
{quarter} 审计包 · audit pack

report.html, report.pdf   报告 the report
audit.xlsx                工作簿（公式可重算） the evidence as a workbook with live formulas
evidence.json             全部证据 everything, as stored
ledger/                   台账摘录 the ledger up to the run, an entry a line, and its leaves
queries/                  每项检查的查询 the query of every check, as it was run
verify_pack.py            校验 checks this pack: python verify_pack.py PACK.zip --key PUBLIC_KEY
reperform.py              复核 performs the audit again: python reperform.py [--dsn ADDRESS]
"""


def build(quarter: Quarter, folder: Path, run_id: int | None = None) -> Path:
    """Write `<quarter>.zip` into the folder and record its hash; returns the file.

    The same run with the same decisions gives the same bytes, whenever and wherever it is built with one key.
    """
    with reading() as connection:
        found = evidence.gather(connection, quarter, run_id)
        entries = _entries(connection, found["run"]["ledger_position"])
        files = _files(connection, quarter, found, entries)
    leaves = [entry.entry_sha256 for entry in entries]
    manifest = {
        "quarter": str(quarter),
        "run_id": found["run"]["run_id"],
        "release_id": found["run"]["release_id"],
        "as_of": found["run"]["as_of"],
        "ledger_entries": len(entries),
        "ledger_head": leaves[-1],
        "merkle_root": verify_pack.merkle_root(leaves),
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())},
    }
    files[verify_pack.MANIFEST] = _json(manifest)
    signature = {"public_key": public_key(), "signature": sign(files[verify_pack.MANIFEST])}
    files[verify_pack.SIGNATURE] = _json(signature)
    content = _zipped(files)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{quarter}.zip"
    path.write_bytes(content)
    _record(quarter, found["run"]["run_id"], hashlib.sha256(content).hexdigest(), manifest, signature["public_key"])
    return path


def _files(connection: Connection, quarter: Quarter, found: dict[str, Any], entries: list[Entry]) -> dict[str, bytes]:
    drawings = charts.drawn(found)
    lines = "".join(json.dumps(asdict(entry), ensure_ascii=False) + "\n" for entry in entries)
    files = {
        "README.txt": _READ_ME.format(quarter=quarter).encode(),
        "report.html": report.rendered(found, drawings).encode(),
        "report.pdf": printed(found, drawings),
        "audit.xlsx": written(found),
        "evidence.json": _json(found),
        verify_pack.LEDGER: lines.encode(),
        verify_pack.LEAVES: "\n".join(entry.entry_sha256 for entry in entries).encode(),
        "verify_pack.py": Path(verify_pack.__file__).read_bytes(),
        "reperform.py": Path(reperform.__file__).read_bytes(),
    }
    files |= {f"charts/{name}.svg": drawing.encode() for name, drawing in drawings.items()}
    clock = Clock(quarter, date.fromisoformat(found["run"]["as_of"]))
    kept = texts.of_run(connection, found["run"]["run_id"])
    for check_id in (result["check_id"] for result in found["results"]):
        check = texts.check_of(kept, check_id)
        if "query" in check:
            statement, parameters = composed(
                check["query"], check["reads"], clock, warehouse_source,
                "select count(*)::integer, (count(*) filter (where is_failure))::integer from tested",
                lambda relation: kept[f"{relation}.csv"],
            )  # fmt: skip
            files[f"queries/{check_id}.sql"] = _literal(connection, statement, parameters).encode()
    return files


def _literal(connection: Connection, statement: sql.Composed, parameters: dict[str, Any]) -> str:
    """The statement with its parameters written out, for a person to read and psql to run."""
    return ClientCursor(connection).mogrify(statement, parameters)


def _entries(connection: Connection, position: int) -> list[Entry]:
    """The ledger up to the entry that the run saw last."""
    rows = connection.execute(
        """
        select position, to_char(happened_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), actor, event,
            content, previous_sha256, entry_sha256
        from ops.ledger where position <= %s order by position
        """,
        (position,),
    ).fetchall()
    return [Entry(*row) for row in rows]


def _json(content: Any) -> bytes:
    return (json.dumps(content, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()


def _zipped(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as pack:
        for name, content in sorted(files.items()):
            member = zipfile.ZipInfo(name, _MOMENT)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = 0o644 << 16
            member.create_system = 3  # the same on every system
            pack.writestr(member, content)
    return buffer.getvalue()


def _record(quarter: Quarter, run_id: int, digest: str, manifest: dict[str, Any], public_key: str) -> None:
    """Keep what was built; a pack that was built before is not a second one."""
    with connect() as connection:
        connection.execute(
            """
            insert into audit.pack (quarter, run_id, pack_sha256, merkle_root, public_key, built_by)
            select %s, %s, %s, %s, %s, %s
            where not exists (select from audit.pack where run_id = %s and pack_sha256 = %s)
            """,
            (str(quarter), run_id, digest, manifest["merkle_root"], public_key, getpass.getuser(), run_id, digest),
        )
