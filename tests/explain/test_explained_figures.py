"""A figure that readers see is followed back to the characters in the archived bytes."""

from decimal import Decimal

from tests.conftest import ReleasedWarehouse

from shanhai.explain.figures import vintages
from shanhai.library import Library


def test_a_figure_is_followed_to_its_characters(released_warehouse: ReleasedWarehouse) -> None:
    (vintage,) = vintages("331125", "gdp", "2022")
    assert (vintage.value, vintage.printed, vintage.unit_mult) == (Decimal(9514350000), "951435万元", 4)
    assert vintage.file_name == "communique_yunhe_2022.txt"
    assert vintage.expectations_run > 5
    assert vintage.found_in_archive(Library.open())


def test_every_vintage_is_told_best_first(released_warehouse: ReleasedWarehouse) -> None:
    found = list(vintages("浙江省", "gdp", "2023"))
    assert [(v.estimate_round, v.obs_value) for v in found] == [("CENSUS", Decimal(85620)), ("PRELIM", Decimal(82553))]
    assert all(vintage.found_in_archive(Library.open()) for vintage in found)


def test_what_nobody_published_has_no_vintage(released_warehouse: ReleasedWarehouse) -> None:
    assert list(vintages("331125", "gdp", "2023")) == []
