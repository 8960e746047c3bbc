"""One audited quarter for the whole room: its run, its sample and its pack on a copy of the released warehouse."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.conftest import ReleasedWarehouse, own_database

from shanhai import settings
from shanhai.audit import pack, performance, registers, sampling
from shanhai.audit.quarter import Quarter

QUARTER = Quarter(2023, 3)


@dataclass(frozen=True)
class Audited:
    """The audited quarter: its run and the pack that was built of it."""

    run_id: int
    pack: Path


@pytest.fixture(scope="module")
def audited(released_warehouse: ReleasedWarehouse, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Audited]:
    """A run, a sample and a pack of 2023Q3 in a database of their own, which the module may fill further."""
    with own_database("audited", settings.WAREHOUSE_DATABASE):
        run_id = performance.run(QUARTER)
        registers.enter(QUARTER.due("freeze"))
        assert sampling.sample(run_id) == 0
        yield Audited(run_id, pack.build(QUARTER, tmp_path_factory.mktemp("packs")))
