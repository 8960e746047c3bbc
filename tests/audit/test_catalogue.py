"""The catalogue: every rule is a document, names what exists, and its query catches what it must and nothing else."""

import importlib
import re

import pytest

from shanhai import settings
from shanhai.audit.cases import perform_case
from shanhai.audit.probes import PROBES
from shanhai.audit.texts import catalogue
from shanhai.documents.check import Case, Check
from shanhai.documents.expectation import ExpectationDocument
from shanhai.documents.yaml_file import load_document
from shanhai.warehouse.connection import connect

CHECKS = catalogue()
CASES = [pytest.param(check, case, id=f"{check.id} {case.name}") for check in CHECKS for case in check.cases]
# The table of domain §5, by family.
IDS = {f"{family}{n:02}" for family, last in zip("SKAGOVXP", (8, 5, 9, 6, 8, 5, 6, 7), strict=True)
       for n in range(1, last + 1)}  # fmt: skip


def test_every_id_of_the_catalogue_has_one_document() -> None:
    assert {check.id for check in CHECKS} == IDS
    assert len(CHECKS) == len(IDS) == 54


@pytest.mark.usefixtures("released_warehouse")
@pytest.mark.parametrize(("check", "case"), CASES)
def test_a_worked_case_is_judged_as_it_must_be(check: Check, case: Case) -> None:
    with connect("auditor") as connection:
        assert perform_case(connection, check, case) == (case.tested, case.failures)


def test_every_query_has_a_defect_that_it_catches_and_an_item_that_holds() -> None:
    queries = [check for check in CHECKS if check.query]
    assert len(queries) == 50
    for check in queries:
        assert any(case.failures for case in check.cases), check.id
        assert any(case.tested > case.failures for case in check.cases), check.id


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_what_a_check_names_exists(check: Check) -> None:
    for enforcement in check.enforced:
        if enforcement.by == "expectation":
            path = settings.EXPECTATIONS / f"{enforcement.name}.yml"
            suite = load_document(path, ExpectationDocument, numbers=True)
            assert any(check.id in e.why.en or getattr(e, "id", None) == check.id for e in suite.expectations)
        elif enforcement.by == "dbt_test":
            named = list((settings.DBT_PROJECT / "tests").rglob(f"{enforcement.name}.sql"))
            assert named, enforcement.name
        elif enforcement.by == "reader":
            assert importlib.util.find_spec(enforcement.name)
        elif enforcement.by == "audit":
            assert enforcement.name == ("query" if check.query else check.probe)
    if check.probe:
        assert check.probe in PROBES
    for text in (check.title, check.message, check.not_applicable):
        assert re.search(r"[\u4e00-\u9fff]", text.zh)
        assert text.en.isascii() or re.search(r"[A-Za-z]", text.en)


def test_a_dbt_test_of_a_check_is_named_in_the_catalogue() -> None:
    singular = {path.stem for path in (settings.DBT_PROJECT / "tests").glob("*.sql")}
    carrying = {name for name in singular if name[:3].upper() in IDS}
    named = {e.name for check in CHECKS for e in check.enforced if e.by == "dbt_test"}
    assert carrying
    assert carrying <= named, carrying - named
