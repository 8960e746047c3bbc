"""The gate of a load: Great Expectations on exactly its rows; the verdict is stored, and anything unclear is a no.

No suite, an empty one, an expectation that did not run, one that broke, a verdict that cannot be stored: each leaves
the load in quarantine. Only an expectation of severity `error` that was violated can be waived.
"""

import hashlib
import json
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from psycopg import Connection
from psycopg.types.json import Jsonb

from shanhai import settings
from shanhai.documents.catalogue import sha256_of
from shanhai.documents.expectation import Expectation, ExpectationDocument
from shanhai.documents.yaml_file import load_document
from shanhai.errors import DocumentError
from shanhai.expectation_run import ExpectationRunner, Load, Outcome
from shanhai.library import Library
from shanhai.waivers import Cover, Waiver, cover, document_of, kept_in_ledger, waivers_of
from shanhai.warehouse.connection import connect


class LoadRejectedError(RuntimeError):
    """The load did not pass its gate; the message says which expectation failed where."""


@dataclass(frozen=True)
class Verdict:
    """What the gate says of a load: an objection, or none."""

    declared: int
    outcomes: list[Outcome]
    objection: str | None
    covers: dict[str, Cover] = field(default_factory=dict)

    @property
    def warnings(self) -> list[str]:
        """Ids of the expectations of severity `warning` that did not hold: the load's rows are flagged with them."""
        return [o.expectation.id for o in self.outcomes if o.is_violated and o.expectation.severity == "warning"]

    @property
    def waivers(self) -> set[Waiver]:
        """The waivers in force that the verdict rests on."""
        return {waiver for each in self.covers.values() for waiver in each.by_row if waiver is not None}


def suite_files(relation: str, table_id: str) -> list[Path]:
    """The documents that hold for a load: of its relation, and of its table where there is one.

    None where the relation has none: what one table adds stands for nothing alone.
    """
    whole, own = settings.EXPECTATIONS / f"{relation}.yml", settings.EXPECTATIONS / f"{table_id}.yml"
    return [file for file in (whole, own) if file.exists()] if whole.exists() else []


def suite_sha256(relation: str, table_id: str) -> str | None:
    """Hash of those documents and of the table's waivers; None when there are no expectations."""
    files = suite_files(relation, table_id)
    if files and document_of(table_id).exists():
        files.append(document_of(table_id))
    return hashlib.sha256("".join(sha256_of(file) for file in files).encode()).hexdigest() if files else None


def suite_of(relation: str, table_id: str) -> list[Expectation]:
    """The expectations of those documents; empty when there is none, an error when two have one id."""
    documents = [load_document(file, ExpectationDocument, numbers=True) for file in suite_files(relation, table_id)]
    suite = [expectation for document in documents for expectation in document.expectations]
    ids = [expectation.id for expectation in suite]
    if len(ids) != len(set(ids)):
        raise DocumentError(f"{table_id}: expectations of relation and table have one id: {sorted(ids)}")
    return suite


def validate_load(load_id: int, library: Library | None = None) -> None:
    """Run the load's suite and store the verdict; raises LoadRejectedError unless the load is accepted."""
    objections = validate_loads([load_id], library)
    if objections:
        raise LoadRejectedError(objections[load_id])


def validate_loads(load_ids: Iterable[int], library: Library | None = None) -> dict[int, str]:
    """Judge each load by itself, all in one process; returns the objections by load, none for an accepted one."""
    library = library or Library.open()
    objections: dict[int, str] = {}
    with ExitStack() as stack:
        runner: ExpectationRunner | None = None
        for load_id in load_ids:
            load = _load(load_id)
            # Of the documents as they are before they are read: what changes meanwhile is another suite.
            digest = suite_sha256(load.relation, load.table_id)
            try:
                suite = suite_of(load.relation, load.table_id)
                if suite and runner is None:
                    runner = stack.enter_context(ExpectationRunner())
                outcomes = runner.run(load, suite, _parameters(load, library)) if suite and runner else []
                verdict = _verdict(load, suite, outcomes)
            except Exception as error:  # a gate that breaks must close, whatever broke it
                verdict = Verdict(0, [], f"the gate itself failed: {error!r}")
            _store(load, verdict, digest)
            if verdict.objection:
                objections[load_id] = f"{load.table_id}, edition {load.edition}, load {load_id}: {verdict.objection}"
    return objections


def _load(load_id: int) -> Load:
    with connect() as connection:
        row = connection.execute(
            "select load_id, table_id, edition, relation, rows_staged, loaded_by from ops.loads where load_id = %s",
            (load_id,),
        ).fetchone()
    if row is None:
        raise LoadRejectedError(f"there is no load {load_id}")
    return Load(*row)


def _parameters(load: Load, library: Library) -> dict[str, Any]:
    """What an expectation may ask for by `$PARAMETER`."""
    return {
        "rows_staged": load.rows_staged,
        "indicator_codes": sorted(library.reference.indicators),
        "unit_measures": sorted({unit.unit_measure for unit in library.reference.units.values()} | {"TEXT"}),
    }


def _verdict(load: Load, suite: list[Expectation], outcomes: list[Outcome]) -> Verdict:
    """Nothing but a whole suite that ran, and held or is waived, is a yes."""
    if not suite:
        return Verdict(0, [], f"there are no expectations for {load.relation}")
    missing = [e.id for e in suite if e.id not in {o.expectation.id for o in outcomes}]
    if missing or len(outcomes) != len(suite):
        return Verdict(
            len(suite), outcomes, f"{len(suite)} expectations are declared and {len(outcomes)} ran; missing {missing}"
        )
    if broken := [o for o in outcomes if o.exception]:
        first = broken[0].expectation
        return Verdict(len(suite), outcomes, f"{first.id} could not run: {(broken[0].exception or '')[:300]}")
    violated = [o for o in outcomes if o.is_violated and o.expectation.severity == "error"]
    with connect() as connection:
        if rejection := _rejection(connection, load):
            return Verdict(len(suite), outcomes, rejection)
        granted = waivers_of(connection, load.table_id) if violated else []
    covers = {o.expectation.id: cover(o, granted, load.loaded_by) for o in violated}
    blocking = [o for o in violated if not covers[o.expectation.id].is_whole]
    return Verdict(len(suite), outcomes, _objection(blocking, covers) if blocking else None, covers)


def _rejection(connection: Connection, load: Load) -> str | None:
    """What a person decided stays decided, whatever expectations say of the load later."""
    row = connection.execute(
        """
        select action, decided_by, decided_at::date, reason from ops.decisions
        where load_id = %s order by decision_id desc limit 1
        """,
        (load.load_id,),
    ).fetchone()
    if row is None or row[0] != "reject":
        return None
    return f"{row[1]} rejected it on {row[2]}: {row[3]} · 已由人拒绝"


def _objection(blocking: list[Outcome], covers: dict[str, Cover]) -> str:
    worst = blocking[0]
    why = worst.expectation.why
    rows = [
        row.found for row, waiver in zip(worst.failing, covers[worst.expectation.id].by_row, strict=True) if not waiver
    ]
    spent = "".join(
        f"; waiver {waiver}, owner {waiver.owner}, expired on {waiver.expires_on} · 豁免已到期"
        if waiver.is_expired
        else f"; waiver {waiver} was granted by {waiver.granted_by}, who loaded it · 装载人不得自行批准"
        for each in blocking
        for waiver in covers[each.expectation.id].spent
    )
    found = rows[:3] or worst.sample or worst.observed_value
    return (
        f"{len(blocking)} blocking expectations failed: {', '.join(o.expectation.id for o in blocking)}; "
        f"{why.en} · {why.zh}; found {found}{spent}"
    )


def _store(load: Load, verdict: Verdict, digest: str | None) -> None:
    """Store the verdict with the rows it objects to, in one transaction; raises LoadRejectedError when it cannot be."""
    try:
        with connect() as connection:
            _insert(connection, load, verdict, digest)
    except Exception as error:
        raise LoadRejectedError(
            f"{load.table_id}, edition {load.edition}, load {load.load_id}: the verdict cannot be stored: {error}"
        ) from error


def _insert(connection: Connection, load: Load, verdict: Verdict, digest: str | None) -> None:
    numbers = {waiver: kept_in_ledger(connection, load.table_id, waiver) for waiver in verdict.waivers}
    results = [_entry(outcome, verdict.covers.get(outcome.expectation.id), numbers) for outcome in verdict.outcomes]
    row = connection.execute(
        """
        insert into ops.verdicts
            (load_id, is_accepted, reason, suite_sha256, expectations_declared, expectations_run, results,
             warnings, warnings_count, waivers_count)
        values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) returning verdict_id
        """,
        (load.load_id, verdict.objection is None, verdict.objection or _assent(verdict),
         digest, verdict.declared,
         len([o for o in verdict.outcomes if o.exception is None]), Jsonb(results),
         verdict.warnings, len(verdict.warnings), len(verdict.waivers)),
    ).fetchone()  # fmt: skip
    if row is None:
        raise LoadRejectedError("Postgres stored no verdict")
    statement = """
    copy ops.failing_rows (verdict_id, expectation_id, failing_number, keys, row_number, locator, found, waiver_id)
    from stdin
    """
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for outcome in verdict.outcomes:
            covered = verdict.covers.get(outcome.expectation.id)
            for number, failing in enumerate(outcome.failing, 1):
                waiver = covered.by_row[number - 1] if covered else None
                copy.write_row((
                    row[0], outcome.expectation.id, number, Jsonb(failing.keys), failing.row_number, failing.locator,
                    Jsonb(failing.found), numbers[waiver] if waiver else None,
                ))  # fmt: skip


def _assent(verdict: Verdict) -> str:
    flags = f", {len(verdict.warnings)} warnings" if verdict.warnings else ""
    waived = f", {len(verdict.waivers)} waivers" if verdict.waivers else ""
    return f"every blocking expectation held{' or is waived' if waived else ''}{flags}{waived}"


def _entry(outcome: Outcome, covered: Cover | None, numbers: dict[Waiver, int]) -> dict[str, Any]:
    """What the ledger keeps of one expectation; the failing rows themselves stand aside, under this hash."""
    expectation = outcome.expectation
    return {
        "id": expectation.id,
        "expect": expectation.expect,
        "given": expectation.given,
        "severity": expectation.severity,
        "why": expectation.why.model_dump(),
        "success": outcome.success,
        "outcome": "broken" if outcome.exception else "held" if outcome.success else "violated",
        "exception": outcome.exception,
        "unexpected_count": outcome.unexpected_count,
        "observed_value": outcome.observed_value,
        "sample": outcome.sample,
        "failing_rows": len(outcome.failing),
        "failing_rows_are_all": outcome.failing_is_complete,
        "failing_rows_sha256": failing_rows_sha256([asdict(row) for row in outcome.failing]),
        "waivers": sorted({numbers[waiver] for waiver in covered.by_row if waiver}) if covered else [],
        "spent_waivers": [str(waiver) for waiver in covered.spent] if covered else [],
    }


def failing_rows_sha256(rows: list[dict[str, Any]]) -> str:
    """Hash that seals failing rows of one expectation: of their lines, in order."""
    return hashlib.sha256("\n".join(failing_row_lines(rows)).encode()).hexdigest()


def failing_row_lines(rows: list[dict[str, Any]]) -> list[str]:
    """A line of JSON for each failing row: its keys, row number, locator and what was found."""
    names = ("keys", "row_number", "locator", "found")
    return [json.dumps([row[name] for name in names], ensure_ascii=False, sort_keys=True) for row in rows]
