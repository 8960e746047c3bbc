"""Writes what a run found: results, both sides of what was reconciled, findings and which of them the run met."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from psycopg import Connection
from psycopg.types.json import Jsonb

from shanhai.audit.results import Result, is_material, plain
from shanhai.audit.scope import Clock

SAMPLE = 20  # failing items kept with a result
FINDINGS = 500  # findings opened by one check in one run


@dataclass(frozen=True)
class Recorder:
    """Records one run in the open transaction of the pipeline; `documents` is path → hash of its texts."""

    connection: Connection
    run_id: int
    release_id: int
    clock: Clock
    documents: Mapping[str, str]

    def record(self, result: Result) -> None:
        """Keep the result of a check, its reconciliation and its findings."""
        check, failing = result.check, result.failing
        sample = [{key: plain(value) for key, value in row.items() if key != "is_failure"} for row in failing[:SAMPLE]]
        self.connection.execute(
            """
            insert into audit.check_result (check_id, run_id, as_of, release_id, severity, status, rows_tested,
                                            rows_failed, reason, sample, decision, document_sha256)
            values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
            """,
            (check.id, self.run_id, self.clock.as_of, self.release_id, check.severity, result.status,
             len(result.tested), len(failing), Jsonb(result.reason), Jsonb(sample), result.decision,
             self.documents[f"checks/{check.id}.yml"]),
        )  # fmt: skip
        if check.reconciles:
            self._reconcile(result)
        if check.severity != "info":
            for row in failing[:FINDINGS]:
                self._open(result, row)

    def keep(
        self, kind: str, check_id: str, rows: list[dict[str, Any]],
        told: Collection[str | None] = ("item", "is_failure"),
    ) -> None:  # fmt: skip
        """Store rows with `item`, `left`, `right` and `is_failure`; what else explains them goes into the detail."""
        skipped = {*told, "left", "right"}
        with self.connection.cursor() as cursor:
            cursor.executemany(
                """
                insert into audit.reconciliation
                    (run_id, kind, check_id, item, left_value, right_value, is_break, detail)
                values (%s, %s, %s, %s, %s, %s, %s, %s)
                """,
                [
                    (self.run_id, kind, check_id, str(row["item"]), row["left"], row["right"], row["is_failure"],
                     Jsonb({key: plain(value) for key, value in row.items() if key not in skipped}))
                    for row in sorted(rows, key=lambda row: str(row["item"]))
                ],
            )  # fmt: skip

    def _open(self, result: Result, row: dict[str, Any]) -> None:
        """Open the finding unless an earlier run did; in either case this run has met it."""
        named = (result.check.id, str(row["item"]))
        self.connection.execute(
            """
            insert into audit.finding (check_id, item, severity, is_material, detail, run_id, opened_on, opened_by)
            values (%s, %s, %s, %s, %s, %s, %s, 'audit') on conflict (check_id, item) do nothing
            """,
            (*named, result.check.severity, is_material(row),
             Jsonb({k: plain(v) for k, v in row.items() if k not in ("item", "is_failure")}), self.run_id,
             self.clock.as_of),
        )  # fmt: skip
        self.connection.execute(
            """
            insert into audit.run_finding (run_id, finding_id)
            select %s, finding_id from audit.finding where check_id = %s and item = %s on conflict do nothing
            """,
            (self.run_id, *named),
        )

    def _reconcile(self, result: Result) -> None:
        """Keep every pair that the check compared, those that agree too: a reconciliation shows both."""
        check = result.check
        assert check.reconciles is not None  # noqa: S101 - the caller asks only those that reconcile
        left, right = check.reconciles.left, check.reconciles.right
        rows = [row | {"left": row[left], "right": row[right] if right else None} for row in result.tested]
        self.keep(check.reconciles.kind, check.id, rows, {"item", "is_failure", left, right})
