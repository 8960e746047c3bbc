"""A run leaves a result for every check; what breaks has a life, until two people have signed."""

import re
from datetime import date, timedelta
from pathlib import Path

import psycopg
import pytest
from tests.audit.conftest import QUARTER, Audited

from shanhai import ledger
from shanhai.audit import evidence, findings, pack, performance, registers, signing, texts
from shanhai.audit.results import AuditError
from shanhai.seal import LedgerError
from shanhai.warehouse.connection import connect

TODAY = date(2026, 11, 24)


def results(run_id: int) -> dict[str, tuple[str, int, int]]:
    with connect("auditor") as connection:
        rows = connection.execute(
            "select check_id, status, rows_tested, rows_failed from audit.check_result where run_id = %s", (run_id,)
        ).fetchall()
    return {check_id: (status, tested, failed) for check_id, status, tested, failed in rows}


def test_every_check_leaves_a_result_and_says_what_it_tested(audited: Audited) -> None:
    found = results(audited.run_id)
    assert set(found) == {check.id for check in texts.catalogue()}
    assert found["P01"] == ("failed", 2, 1)  # Jingning 2022: 36 evaluated, 28 graded
    assert found["O05"][0] == "failed"  # four of five increments are multiples of 50
    assert found["A01"][0] == "passed"
    assert found["A01"][1] > 50
    for nobody_published in ("O06", "O07", "O08", "X02", "X03"):
        assert found[nobody_published][0] == "not_applicable"
        assert found[nobody_published][2] == 0


def test_a_check_without_data_says_how_many_it_had(audited: Audited) -> None:
    with connect("auditor") as connection:
        row = connection.execute(
            "select rows_tested, reason ->> 'en', reason ->> 'zh' from audit.check_result"
            " where run_id = %s and check_id = 'O07'",
            (audited.run_id,),
        ).fetchone()
    assert row is not None
    assert f"{row[0]} tested, 500 needed" in row[1]
    assert "至少需 500 项" in row[2]


def test_a_later_day_knows_more_and_an_earlier_one_less(audited: Audited) -> None:
    from shanhai.audit.scope import Clock
    from shanhai.library import Library

    [a01] = [check for check in texts.catalogue() if check.id == "A01"]
    counts = []
    for day in (date(2022, 6, 30), date(2023, 11, 4), date(2026, 1, 1)):
        with performance.reading() as connection:
            [result] = performance.perform(connection, Clock(QUARTER, day), Library.open(), [a01])
        counts.append(len(result.tested))
    assert counts == sorted(set(counts))


def test_what_is_known_today_is_what_readers_are_shown(audited: Audited) -> None:
    """R4: the newest state is the state as of now."""
    from shanhai.audit.scope import FACTS, Clock, composed, warehouse_source

    statement, parameters = composed(
        "select observation_key from observations where known_rank = 1", {"observations": FACTS},
        Clock(QUARTER, date(2030, 1, 1)), warehouse_source, "select observation_key from tested order by 1",
    )  # fmt: skip
    with connect("auditor") as connection:
        known = connection.execute(statement, parameters).fetchall()
        shown = connection.execute(
            "select observation_key from marts.fct_observations where vintage_rank = 1 order by 1"
        ).fetchall()
    assert known == shown != []


def test_what_was_known_on_a_day_does_not_change_afterwards(audited: Audited) -> None:
    """R2: a second run of the quarter, with everything that was written in between, gives the same results."""
    again = performance.run(QUARTER)
    assert results(again) == results(audited.run_id)


def test_the_26_contradictions_are_there_from_the_start_and_explained(audited: Audited) -> None:
    with connect("auditor") as connection:
        rows = connection.execute(
            "select item, last_state from audit.finding_standing where opened_by = 'register' order by item"
        ).fetchall()
    assert len(rows) == 26
    assert {state for _, state in rows} == {"explained"}
    assert registers.enter(TODAY) == 0


def test_a_cause_that_was_found_explains_its_findings_and_no_others(audited: Audited) -> None:
    with connect("auditor") as connection:
        rows = connection.execute(
            "select check_id, item, last_state, decided_by from audit.finding_standing where opened_by = 'audit'"
        ).fetchall()
    explained = {(check, item) for check, item, state, by in rows if (state, by) == ("explained", "register")}
    known = {(c, i) for c, i, *_ in rows for e in registers.explanations() if e.check == c and re.search(e.items, i)}
    assert explained == known
    assert ("X05", "manufacturing_consortium county") in explained
    # What an evaluation notice does not add up to is for its office to answer.
    assert "P01" in {check for check, _, _, by in rows if by != "register"}


def one_finding(check: str) -> int:
    with connect("auditor") as connection:
        row = connection.execute(
            "select finding_id from audit.finding where check_id = %s and opened_by = 'audit' order by finding_id",
            (check,),
        ).fetchone()
    assert row is not None
    return int(row[0])


def state_of(finding_id: int, on: date) -> str:
    with connect("auditor") as connection:
        return findings.standing(connection, on, finding_id)[0].state


def test_a_break_is_asked_explained_and_accepted_until_a_day(audited: Audited) -> None:
    finding_id = one_finding("P01")
    said = {"owner": "statistics", "by": "auditor-a", "on": TODAY}
    assert state_of(finding_id, TODAY) == "open"
    with pytest.raises(AuditError, match="accepted cannot follow"):
        findings.decide(finding_id, "accepted", reason="x", accepted_until=TODAY, classification="source_error", **said)
    findings.decide(finding_id, "asked", reason="36 or 28?", due_on=TODAY + timedelta(days=5), **said)
    findings.decide(
        finding_id, "explained", reason="eight were not rated", role="engineer", **said | {"by": "engineer"}
    )
    until = TODAY + timedelta(days=90)
    with connect("auditor") as connection:
        loader = next(iter(findings.loaders(connection)))
    with pytest.raises(AuditError, match="cannot accept"):
        findings.decide(finding_id, "accepted", reason="x", accepted_until=until, classification="source_error",
                        **said | {"by": loader})  # fmt: skip
    findings.decide(finding_id, "accepted", reason="kept as printed", accepted_until=until,
                    classification="source_error", **said)  # fmt: skip
    assert state_of(finding_id, TODAY) == "accepted"
    assert state_of(finding_id, until + timedelta(days=1)) == "expired"


def test_whoever_loaded_or_ran_signs_nothing_and_one_person_signs_once(audited: Audited) -> None:
    with connect("auditor") as connection:
        loader = next(iter(findings.loaders(connection)))
    with pytest.raises(AuditError, match="cannot sign"):
        signing.sign(QUARTER, "review", by=loader, is_approved=True, note="fine", run_id=audited.run_id)
    with pytest.raises(AuditError, match="not reviewed"):
        signing.sign(QUARTER, "approval", by="head", is_approved=True, note="fine", run_id=audited.run_id)
    signing.sign(QUARTER, "review", by="reviewer", is_approved=True, note="read", run_id=audited.run_id)
    with pytest.raises(AuditError, match="reviewed this run"):
        signing.sign(QUARTER, "approval", by="reviewer", is_approved=True, note="fine", run_id=audited.run_id)
    with connect("auditor") as connection:
        failed = {check_id for check_id, (status, *_) in results(audited.run_id).items() if status == "failed"}
        blocking = [
            f.finding_id
            for f in findings.standing(connection, TODAY)
            if f.severity == "error" and f.state == "open" and f.check_id in failed
        ]
    if blocking:
        with pytest.raises(AuditError, match="neither asked nor explained"):
            signing.sign(QUARTER, "approval", by="head", is_approved=True, note="fine", run_id=audited.run_id)
    for finding_id in blocking:
        findings.decide(finding_id, "asked", by="reviewer", owner="statistics", reason="why?", on=TODAY, due_on=TODAY)
    done = signing.sign(QUARTER, "approval", by="head", is_approved=True, note="fine", run_id=audited.run_id)
    assert done.statement["merkle_root"]
    # The installation's key signs the head of the ledger with it; both halves hold.
    assert ledger.verify(public_key=done.public_key).signed_entries > 0


def test_an_approved_quarter_is_closed(audited: Audited, tmp_path: Path) -> None:
    """What is decided after the approval belongs to later quarters: the pack of the closed one stays as it is."""
    signed = pack.build(QUARTER, tmp_path / "signed", audited.run_id).read_bytes()
    with performance.reading() as connection:
        before = evidence.gather(connection, QUARTER, audited.run_id)
    assert [each["step"] for each in before["sign_offs"]] == ["review", "approval"]
    finding_id = next(each["finding_id"] for each in before["findings"] if each["state"] == "explained")
    findings.decide(finding_id, "corrected", by="auditor-a", owner="statistics", reason="a new vintage", on=TODAY)
    assert state_of(finding_id, TODAY) == "corrected"
    signing.sign(QUARTER, "approval", by="another", is_approved=False, note="too late", run_id=audited.run_id)
    assert pack.build(QUARTER, tmp_path / "later", audited.run_id).read_bytes() == signed


def test_a_result_altered_behind_the_ledgers_back_is_named(audited: Audited, monkeypatch: pytest.MonkeyPatch) -> None:
    class Lent:
        """Lends the owner's open transaction to the verifier."""

        def __enter__(self) -> psycopg.Connection:
            return connection

        def __exit__(self, *_: object) -> None:
            return None

    connection = connect("owner")
    try:
        connection.execute("alter table audit.check_result disable trigger user")
        connection.execute("update audit.check_result set status = 'passed', decision = 'none' where check_id = 'P01'")
        monkeypatch.setattr(ledger, "connect", lambda role: Lent())
        with pytest.raises(LedgerError, match=r"audit\.check_result and the ledger differ: entry \d+"):
            ledger.verify()
    finally:
        connection.rollback()
        connection.close()


def test_everything_that_the_audit_writes_is_sealed_in_the_ledger(audited: Audited) -> None:
    with connect("auditor") as connection:
        for table in ledger.CHAINED_AUDIT_TABLES:
            row = connection.execute(
                f"select (select count(*) from audit.{table}), count(*) from ops.ledger where event = 'audit.{table}'"  # noqa: S608
            ).fetchone()
            assert row is not None
            assert row[0] == row[1] > 0, table
