"""A table with one accepted edition and a second load of it that its gate did not accept."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.small_library import HEAD, YEARBOOK, SmallLibrary

from shanhai.library import Library
from shanhai.load import load_edition
from shanhai.validate import LoadRejectedError
from shanhai.warehouse.connection import connect

RULE = """\
expectations:
  - id: S05_small
    expect: UnexpectedRowsExpectation
    given:
      unexpected_rows_query: >-
        select row_number, printed from {batch} where indicator_code = 'gdp' and obs_value > 2000000
    why: {en: A county makes less than that, zh: 县级生产总值不应如此之大}
"""


@dataclass(frozen=True)
class Quarantined:
    """The load in quarantine, the accepted one before it, and the library both come from."""

    load_id: int
    accepted_load_id: int
    table_id: str
    library: Library


Quarantine = Callable[[str], Quarantined]


@pytest.fixture
def quarantine(
    scratch_warehouse: None, small_library: SmallLibrary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Quarantine:
    """Makes such a table by name; the second issue of its edition prints ten times too much for one county."""
    root = tmp_path / "expectations"
    root.mkdir()
    (root / "observations.yml").write_text(RULE, "utf-8")
    monkeypatch.setattr("shanhai.settings.EXPECTATIONS", root)
    monkeypatch.setattr("getpass.getuser", lambda: "loader")

    def made(table: str) -> Quarantined:
        right = (HEAD + "云和县,951435,112635\r\n").encode("gb18030")
        wrong = (HEAD + "云和县,9514350,112635\r\n").encode("gb18030")
        key = small_library.add(f"bureau/{table}", "y.csv", right, YEARBOOK)
        accepted = load_edition(key, small_library.library)
        again = small_library.reissue(key, "y2.csv", wrong)
        library = small_library.library
        with pytest.raises(LoadRejectedError):
            load_edition(again, library)
        with connect() as connection:
            row = connection.execute("select max(load_id) from ops.loads").fetchone()
        assert row is not None
        monkeypatch.setattr("shanhai.library.Library.open", lambda: library)
        return Quarantined(int(row[0]), accepted, key.table_id, library)

    return made
