"""R1 and R2: the marts of a freeze can be had again, equal row by row, whatever was loaded since; R3: nothing goes."""

import pytest
from tests.audit.conftest import QUARTER
from tests.small_library import HEAD, YEARBOOK, SmallLibrary

from shanhai.audit import performance, rebuilding
from shanhai.audit.results import AuditError
from shanhai.load import load_edition
from shanhai.warehouse.connection import connect, scalar

FACTS = ("fct_observations",)


@pytest.mark.usefixtures("copied_warehouse")
def test_the_marts_of_a_freeze_are_rebuilt_to_their_hashes(
    small_library: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = performance.run(QUARTER)
    with connect("auditor") as connection:
        release_id = scalar(connection, "select release_id from audit.run where run_id = %s", (run_id,))
        before = scalar(connection, "select count(*) from ops.ledger")
    content = (HEAD + "云和县,869947,113777\r\n").encode("gb18030")
    load_edition(small_library.add("a/later", "later.csv", content, YEARBOOK), small_library.library)
    with connect("auditor") as connection:
        now = scalar(connection, "select clock_timestamp()::text")
        sealed = scalar(connection, "select content from ops.release_seals where release_id = %s", (release_id,))
        # A late figure is a new row: every entry of the ledger is still there.
        assert scalar(connection, "select count(*) from ops.ledger") > before
    assert rebuilding.rebuild(QUARTER) == len(sealed.keys() - {"release_changes"}) > 50
    # With what came later it is another mart, and with other models it is another question.
    assert rebuilding.against_seal(release_id, now, FACTS) == (1, ["fct_observations"])
    monkeypatch.setattr(rebuilding, "project_sha256", lambda: "0" * 64)
    with pytest.raises(AuditError, match="was built by other models and seeds: check out commit"):
        rebuilding.rebuild(QUARTER)
