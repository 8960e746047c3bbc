"""What every model keeps: names, layers, contracts, meanings in both languages, units in names, tests."""

from __future__ import annotations

import csv
import re
from typing import Any

import pytest

from shanhai import settings

Node = dict[str, Any]

LAYERS = {
    "staging": r"stg_[a-z]+__[a-z_]+",
    "intermediate": r"int_[a-z_]+",
    "core": r"(dim|fct)_[a-z_]+",
    "marts": r"mart_[a-z_]+",
}
# A number that stands in a relation with a row per measure is in the unit of the row's own unit_measure.
LONG_FORM = {
    "value",
    "value_upper",
    "obs_pre_break",
    "enclosing_value",
    "beyond_value",
    "benchmark_value",
    "previous_benchmark_value",
    "distance_value",
    "county_value",
    "province_value",
    "previous_value",
    "change_value",
    "threshold_value",
    "threshold_printed",
    "revision_value",
    "revision_since_first_value",
}
# The required marts of the first cut, and the core a reader needs beside them.
REQUIRED = {
    "mart_county_profiles", "mart_county_gaps", "mart_parks", "mart_programme_windows", "mart_pairings",
    "mart_programme_figures", "mart_division_figures", "mart_scheme_rules", "mart_coverage",
    "dim_divisions", "dim_indicators", "dim_parks", "fct_observations",
}  # fmt: skip
LOGIC = re.compile(r"\b(?:join|where|case|coalesce|distinct|group by|union|over|receipts)\b")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
LATIN = re.compile(r"[A-Za-z]{2}")


def seed(name: str) -> list[dict[str, str]]:
    with (settings.DBT_PROJECT / "seeds" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def attached_tests(manifest: Node) -> dict[str, list[Node]]:
    """Data and unit tests by the unique id of the node they are attached to."""
    found: dict[str, list[Node]] = {}
    for node in manifest["nodes"].values():
        if node["resource_type"] == "test" and node.get("attached_node"):
            found.setdefault(node["attached_node"], []).append(node)
    for test in manifest["unit_tests"].values():
        for node in test["depends_on"]["nodes"][:1]:
            found.setdefault(node, []).append(test)
    return found


def suffixes() -> tuple[str, ...]:
    units = [row["column_suffix"] for row in seed("unit_measures") if row["column_suffix"] != "text"]
    assert {"cny", "persons", "km2", "mu", "pct", "pp", "ratio", "count"} <= set(units)
    # A quotient names what it is per.
    return (
        *(f"_{unit}" for unit in units),
        "_cny_per_resident",
        "_cny_per_registered_person",
        "_cny_per_person_of_unstated_basis",
    )


def test_required_relations_are_promoted(promoted: dict[str, Node]) -> None:
    assert promoted.keys() >= REQUIRED


def test_only_core_and_marts_are_promoted(promoted: dict[str, Node]) -> None:
    assert {model["path"].split("/")[0] for model in promoted.values()} == {"core", "marts"}


def test_every_model_is_named_after_its_layer(models: dict[str, Node]) -> None:
    wrong = [n for n, m in models.items() if not re.fullmatch(LAYERS[m["path"].split("/")[0]], n)]
    assert not wrong


def test_layers_read_only_what_lies_below(manifest: Node, models: dict[str, Node]) -> None:
    order = ["staging", "intermediate", "core", "marts"]
    # Some intermediates read core: the year of a county and a metric need the figure with its register, core holds
    # fct_metrics because marts read it as they read figures, a rank is a question put to the history, and what a figure
    # is of and whom a rule is asked of is looked up in the dimensions.
    above = (
        "int_county_years",
        "int_comparable_figures",
        "int_programme_figures",
        "int_metrics_",
        "int_observations_ranked",
        "int_observations_identified",
        "int_scheme_subjects",
    )
    by_id = {m["unique_id"]: m for m in models.values()}
    for name, model in models.items():
        layer = order.index(model["path"].split("/")[0])
        for parent in model["depends_on"]["nodes"]:
            assert not parent.startswith("source.") or layer == 0, f"{name} reads a source"
            if parent in by_id and not (name.startswith(above) and by_id[parent]["path"].startswith("core/")):
                assert order.index(by_id[parent]["path"].split("/")[0]) <= layer, f"{name} reads {parent} from above"


def test_promoted_relations_have_an_enforced_contract_and_an_owner(promoted: dict[str, Node]) -> None:
    for name, model in promoted.items():
        assert model["config"]["contract"]["enforced"], name
        assert model["config"]["meta"]["owner"], name
        # What may grow to millions of rows is written where it changes; everything else is built whole.
        grows = name in ("fct_observation_history", "fct_observations")
        assert model["config"]["materialized"] == ("incremental" if grows else "table"), name
        assert model["columns"], name


def test_promoted_relations_are_described_with_grain_and_nuance(promoted: dict[str, Node]) -> None:
    for name, model in promoted.items():
        text = model["description"]
        assert CHINESE.search(text), name
        assert LATIN.search(text), name
        assert "Grain · 粒度:" in text, name
        nuance = text.split("### Nuance")[1]
        assert len(nuance) > 60, name
        assert CHINESE.search(nuance), name


def test_every_promoted_column_is_described_in_both_languages(promoted: dict[str, Node]) -> None:
    for name, model in promoted.items():
        assert model["config"]["persist_docs"] == {"relation": True, "columns": True}
        for column in model["columns"].values():
            english, _, chinese = column["description"].partition(" · ")
            assert LATIN.search(english), f"{name}.{column['name']}"
            assert CHINESE.search(chinese), f"{name}.{column['name']}"


def test_every_mart_says_how_what_it_rests_on_stands(marts: dict[str, Node]) -> None:
    """Flags of the gate reach every row; the register of contradictions is the house's own and rests on no load."""
    standing = {"has_warnings", "data_as_of", "newer_load_in_quarantine"}
    without = {name for name, mart in marts.items() if not standing <= mart["columns"].keys()}
    assert without == {"mart_contradictions"}


def test_every_promoted_relation_has_its_grain_tested(manifest: Node, promoted: dict[str, Node]) -> None:
    tests = attached_tests(manifest)
    for name, model in promoted.items():
        kinds = {t["test_metadata"]["name"] for t in tests[model["unique_id"]] if t.get("test_metadata")}
        assert {"unique_combination", "not_blank"} <= kinds, name


def test_every_mart_is_tested_to_cover_its_register(manifest: Node, marts: dict[str, Node]) -> None:
    tests = attached_tests(manifest)
    for name, mart in marts.items():
        kinds = {t["test_metadata"]["name"] for t in tests[mart["unique_id"]] if t.get("test_metadata")}
        assert "covers" in kinds, name


def test_every_model_has_a_test(manifest: Node, models: dict[str, Node]) -> None:
    tests = attached_tests(manifest)
    assert not [name for name, model in models.items() if not tests.get(model["unique_id"])]


def test_every_model_with_logic_has_a_unit_test(
    manifest: Node, models: dict[str, Node], marts: dict[str, Node]
) -> None:
    tested = {test["model"] for test in manifest["unit_tests"].values()}
    # A mart that shows a register as it stands has nothing that a unit test could find wrong.
    assert len(marts) > 25
    assert set(marts) - tested <= {name for name, mart in marts.items() if not LOGIC.search(mart["raw_code"])}
    assert tested >= {"int_observations_ranked", "int_divisions_versioned", "int_county_years", "fct_observations"}


def test_no_test_is_disabled(manifest: Node) -> None:
    assert not manifest["disabled"]


@pytest.mark.parametrize("allowed", [suffixes()])
def test_every_number_of_a_mart_ends_in_its_unit(marts: dict[str, Node], allowed: tuple[str, ...]) -> None:
    numbers = 0
    for name, model in marts.items():
        for column in model["columns"].values():
            if column["data_type"] != "numeric":
                continue
            numbers += 1
            if column["name"] in LONG_FORM:
                assert "unit_measure" in model["columns"], f"{name}.{column['name']} needs unit_measure beside it"
            else:
                assert column["name"].endswith(allowed), f"{name}.{column['name']} does not end in its unit"
    assert numbers > 50


def test_a_column_of_an_indicator_ends_in_the_unit_of_the_indicator(marts: dict[str, Node]) -> None:
    unit = {row["indicator_code"]: row["unit_measure"] for row in seed("indicators")}
    suffix = {row["unit_measure"]: row["column_suffix"] for row in seed("unit_measures")}
    # Households and telephones are counted; a quotient's name says what it is per.
    also = {
        "HH": ("_count",),
        "CNY": ("_cny_per_resident", "_cny_per_registered_person", "_cny_per_person_of_unstated_basis"),
    }
    shown = 0
    for name, model in marts.items():
        for column in model["columns"].values():
            meta = column["config"]["meta"]
            if "indicator" not in meta or "attribute" in meta:
                continue
            shown += 1
            code = unit[meta["indicator"]]
            assert column["name"].endswith((f"_{suffix[code]}", *also.get(code, ()))), f"{name}.{column['name']}"
    assert shown > 50


def test_every_headline_measure_has_its_status_round_and_publication(marts: dict[str, Node]) -> None:
    shown: dict[str, set[str]] = {}
    for column in marts["mart_county_profiles"]["columns"].values():
        meta = column["config"]["meta"]
        if "attribute" in meta:
            shown.setdefault(meta["indicator"], set()).add(meta["attribute"])
    assert shown.keys() >= {"gdp", "gdp_real_growth", "gdp_per_resident", "resident_population", "disposable_income"}
    for indicator, attributes in shown.items():
        assert attributes == {"obs_status", "estimate_round", "published_on", "publication"}, indicator


def test_a_share_has_no_ratio_and_a_ratio_no_percent(marts: dict[str, Node]) -> None:
    gaps = marts["mart_county_gaps"]["columns"]
    assert {"share_of_province_pct", "relative_to_province_ratio", "gap_to_province_pp"} <= gaps.keys()


def test_every_coded_column_of_the_facts_is_held_to_its_code_list(manifest: Node, models: dict[str, Node]) -> None:
    tests = attached_tests(manifest)[models["fct_observations"]["unique_id"]]
    held = {t["column_name"] for t in tests if t.get("test_metadata", {}).get("name") == "in_code_list"}
    coded = {
        "subject_kind",
        "freq",
        "accum",
        "value_qualifier",
        "obs_status",
        "conf_status",
        "estimate_round",
        "unit_measure",
    }
    assert held >= coded


def test_seeds_declare_the_type_of_every_column() -> None:
    """A code that looks like a number would be read as one."""
    import yaml

    declared = {
        s["name"]: s["config"]["column_types"]
        for document in (settings.DBT_PROJECT / "seeds").glob("*.yml")
        for s in yaml.safe_load(document.read_text("utf-8"))["seeds"]
    }
    files = {path.stem: path for path in (settings.DBT_PROJECT / "seeds").glob("*.csv")}
    assert declared.keys() == files.keys()
    for name, path in files.items():
        with path.open(encoding="utf-8", newline="") as file:
            assert next(csv.reader(file)) == list(declared[name]), name


def test_no_password_stands_in_the_profile() -> None:
    text = (settings.DBT_PROJECT / "profiles.yml").read_text("utf-8")
    assert "password: \"{{ env_var('SHANHAI_DBT_PASSWORD', '') }}\"" in text


def test_no_package_is_fetched() -> None:
    assert not (settings.DBT_PROJECT / "packages.yml").exists()
    assert not (settings.DBT_PROJECT / "dependencies.yml").exists()


def test_dbt_does_not_call_home() -> None:
    import yaml

    flags = yaml.safe_load((settings.DBT_PROJECT / "dbt_project.yml").read_text("utf-8"))["flags"]
    assert flags["send_anonymous_usage_stats"] is False
