"""The registers of programmes: each entry quotes what its publication says, and cites only what exists."""

from __future__ import annotations

import csv
import re

import pytest

from shanhai import settings
from shanhai.audit import registers
from shanhai.library import Library

LIBRARY = Library.open()
QUOTING = ("project_state_changes", "park_state_changes", "enclave_directions", "enclave_shares", "cooperation_systems")
FACTS = {"S0": 66, "S1": 25, "S2": 14, "S3": 54, "S4": 39}


def seed(name: str) -> list[dict[str, str]]:
    with (settings.DBT_PROJECT / "seeds" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def text_of(table_id: str, edition: str) -> str:
    """The bundled publication's text without its line breaks; fails where there is no such edition."""
    table = LIBRARY.catalogue.tables[table_id]
    (found,) = [each for each in table.document.editions if each.edition == edition]
    return table.file(found).read_text(encoding="utf-8-sig").replace("\n", "")


@pytest.mark.parametrize("name", QUOTING)
def test_each_entry_quotes_its_publication(name: str) -> None:
    entries = seed(name)
    assert entries
    for entry in entries:
        text = text_of(entry["table_id"], entry["edition"])
        assert entry["quote"] in text, entry
        assert entry["quote"] or entry["reason"], entry


def test_the_six_tracks_are_quoted_in_their_order() -> None:
    text = text_of("zhejiang_daily/consortium_report", "2024-08-22")
    places = [text.index(track["quote"]) for track in seed("cooperation_tracks")]
    assert len(places) == 6
    assert places == sorted(places)


def test_the_contradictions_are_twenty_six_and_name_facts_that_exist() -> None:
    rows = seed("contradictions")
    assert [row["contradiction_id"] for row in rows] == [f"C{n:02}" for n in range(1, 27)]
    named = {fact for row in rows for fact in re.findall(r"S\d-\d{3}", row["facts"])}
    assert len(named) > 30
    assert all(1 <= int(fact[3:]) <= FACTS[fact[:2]] for fact in named)


def test_every_contradiction_is_a_finding_of_the_audit_and_a_row_for_readers() -> None:
    registered = [row["contradiction_id"] for row in seed("contradictions")]
    assert registered
    assert registered == [each.id for each in registers.contradictions()]


def test_each_system_measures_an_indicator_or_says_why_it_does_not() -> None:
    indicators = {row["indicator_code"] for row in seed("indicators")}
    for row in seed("cooperation_systems"):
        codes = row["indicator_codes"].split()
        assert set(codes) <= indicators, row
        assert bool(codes) != bool(row["reason"]), row


def test_no_weight_is_given_that_was_not_published() -> None:
    assert seed("scheme_weights")
    for row in seed("scheme_weights"):
        assert (row["weight_pct"], row["obs_status"]) == ("", "O"), row
        assert "not public" in row["reason"], row


def test_the_weights_of_huangyan_add_to_a_hundred() -> None:
    published = [row for row in seed("evaluation_benchmarks") if row["obs_status"] == "A"]
    years = {row["evaluation_year"] for row in published}
    assert years == {"2021", "2022"}
    for year in years:
        assert sum(int(row["weight_pct"]) for row in published if row["evaluation_year"] == year) == 100


def test_the_states_of_a_project_are_one_line_with_an_end() -> None:
    states = seed("project_states")
    assert [int(row["step"]) for row in states] == list(range(1, len(states) + 1))
    assert [row["project_state"] for row in states if row["is_end"] == "true"] == ["terminated"]
    listed = {row["code"] for row in seed("code_lists") if row["code_list"] == "CL_PROJECT_STATE"}
    assert {row["project_state"] for row in states} == listed


def test_each_correction_says_what_it_expects_and_when_it_ends() -> None:
    rows = seed("corrections")
    assert rows
    for row in rows:
        assert row["action"] == "set", row
        assert row["new_value"] != row["old_value"], row
        assert all(row[field] for field in ("new_value", "reason", "source", "expires_on")), row
