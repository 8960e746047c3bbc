"""What a project evaluator asks: ownership, access, exposures, freshness, nothing unused and nothing hard-coded."""

from __future__ import annotations

import re
from typing import Any

from tests.dbt_project.test_conventions import seed

from shanhai import settings

Node = dict[str, Any]
MODELS = settings.DBT_PROJECT / "models"
# Reference documents that a mart may read by itself: they say how a value reads (status, round, qualifier), what the
# mart is asked to show, or they are the register that the mart is about. Figures come from core.
REFERENCE_SEEDS = {
    *("estimate_rounds", "obs_statuses", "reliabilities", "value_qualifiers"),
    *("list_bases", "mandatory_indicators"),
    *("contradictions", "cooperation_tracks", "evaluation_findings", "scheme_weights", "track_indicators"),
}
# Seeds that Python reads and no model does, each with the reader.
SEEDS_OF_PYTHON = {"units": "grammar of figures", "division_aliases": "grammar of divisions"}
# More readers than this and a model is a bottleneck of every change. Facts and dimensions are meant to be read widely.
FAN_OUT = 12
# Where values are summed, and why they may be: a sum is over additive values only.
SUMS = {
    "int_metrics_lists": "asks each member whether its indicator is additive",
    "int_metrics_evaluation": "enterprises of the grades of one notice, each counted once",
    "mart_evaluation_grades": "enterprises of the grades of one notice, each counted once",
}
ACCESS = {"staging": "private", "intermediate": "private", "core": "public", "marts": "public"}


def layer(model: Node) -> str:
    """The folder under models/ that a model stands in."""
    return str(model["path"].split("/")[0])


def test_every_model_has_an_owner_a_description_and_the_access_of_its_layer(models: dict[str, Node]) -> None:
    assert len(models) > 40
    for name, model in models.items():
        assert model["group"] == "analytics_engineering", name
        assert len(model["description"]) > 10, name
        assert model["access"] == ACCESS[layer(model)], name


def test_readers_outside_the_project_depend_on_public_models_only(manifest: Node, models: dict[str, Node]) -> None:
    by_id = {model["unique_id"]: model for model in models.values()}
    assert len(manifest["exposures"]) >= 3
    for name, exposure in manifest["exposures"].items():
        assert exposure["owner"]["name"], name
        assert exposure["maturity"] in ("low", "medium", "high"), name
        assert exposure["depends_on"]["nodes"], name
        for node in exposure["depends_on"]["nodes"]:
            assert by_id[node]["access"] == "public", f"{name} reads {node}"


def test_every_mart_has_a_reader(manifest: Node, marts: dict[str, Node]) -> None:
    """A mart is in an exposure or read by another mart; one that no reader was named for has no purpose."""
    read = {node for exposure in manifest["exposures"].values() for node in exposure["depends_on"]["nodes"]}
    children = manifest["child_map"]
    for name, mart in marts.items():
        others = [child for child in children[mart["unique_id"]] if child.startswith("model.")]
        assert mart["unique_id"] in read or others, f"{name}: name its reader in models/_exposures.yml"


def test_every_source_says_how_old_it_may_be(manifest: Node) -> None:
    assert len(manifest["sources"]) >= 10
    may_never_come = {"decisions", "refusals", "edition_issues", "waivers", "waiver_standing"}
    for source in manifest["sources"].values():
        if source["name"] in may_never_come:
            continue
        assert source["loaded_at_field"] or source["loaded_at_query"], source["name"]
        warn, error = source["freshness"]["warn_after"], source["freshness"]["error_after"]
        assert 30 <= warn["count"] < error["count"], source["name"]
        assert warn["period"] == error["period"] == "day", source["name"]


def test_marts_read_no_seed_but_reference(manifest: Node, marts: dict[str, Node]) -> None:
    for name, mart in marts.items():
        seeds = {node.split(".")[-1] for node in mart["depends_on"]["nodes"] if node.startswith("seed.")}
        assert seeds <= REFERENCE_SEEDS, name


def test_no_relation_is_written_by_hand(models: dict[str, Node]) -> None:
    names = "|".join(re.escape(name) for name in models)
    by_hand = re.compile(rf"\b(?:from|join)\s+(?:(?:staging|ops|marts|audit|release\w*)\.\w+|(?:{names})\b)")
    assert by_hand.search("select * from staging.observations")
    wrong = [name for name, model in models.items() if by_hand.search(_code(model["raw_code"]))]
    assert not wrong


def test_no_model_has_too_many_readers(manifest: Node, models: dict[str, Node]) -> None:
    wrong = {}
    for name, model in models.items():
        readers = [child for child in manifest["child_map"][model["unique_id"]] if child.startswith("model.")]
        if layer(model) in ("staging", "intermediate") and len(readers) > FAN_OUT:
            wrong[name] = len(readers)
    # One list of accepted loads decides for a whole build what is visible.
    assert wrong.keys() <= {"stg_ops__accepted_loads"}, wrong


def test_no_model_below_the_marts_is_unused(manifest: Node, models: dict[str, Node]) -> None:
    unused = [
        name
        for name, model in models.items()
        if layer(model) in ("staging", "intermediate")
        and not [child for child in manifest["child_map"][model["unique_id"]] if child.startswith("model.")]
    ]
    assert not unused


def test_no_seed_is_unused(manifest: Node) -> None:
    seeds = {node["name"]: node["unique_id"] for node in manifest["nodes"].values() if node["resource_type"] == "seed"}
    assert len(seeds) > 15
    parents = {
        parent
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" or _is_singular(node) or _is_generic_over_seed(node)
        for parent in node["depends_on"]["nodes"]
    }
    unused = {name for name, unique_id in seeds.items() if unique_id not in parents} - SEEDS_OF_PYTHON.keys()
    python = "".join(path.read_text("utf-8") for path in (settings.PROJECT_ROOT / "include" / "shanhai").rglob("*.py"))
    assert {name for name in unused if f'"{name}"' not in python and f"{name}.csv" not in python} == set()


def test_a_receipt_may_name_every_register(manifest: Node, models: dict[str, Node]) -> None:
    """What `receipts_lead_somewhere` looks keys up in is what core offers, no more and no less."""
    entries = {name for name, model in models.items() if layer(model) == "core" and "register_key" in model["columns"]}
    assert len(entries) > 10
    (looked_up,) = {
        frozenset(node.split(".")[-1] for node in test["depends_on"]["nodes"])
        for test in manifest["nodes"].values()
        if (test.get("test_metadata") or {}).get("name") == "receipts_lead_somewhere"
        and test["attached_node"] == models["mart_parks"]["unique_id"]
    }
    assert {name for name in looked_up if "register_key" in models[name]["columns"]} - {"mart_parks"} == entries


def test_no_macro_is_unused(manifest: Node) -> None:
    macros = {node["name"] for node in manifest["macros"].values() if node["package_name"] == "shanhai"}
    assert len(macros) > 20
    texts = [path.read_text("utf-8") for path in settings.DBT_PROJECT.rglob("*") if path.suffix in (".sql", ".yml")]
    # dbt calls these by itself.
    called = {"generate_schema_name", "get_fixture_sql"}
    for name in macros:
        if name.startswith("test_"):
            uses = sum(len(re.findall(rf"- {name[5:]}\b|\[{name[5:]}\b|\[?{name[5:]}: ", text)) for text in texts)
            assert uses, f"no model is tested with {name[5:]}"
        elif name not in called:
            uses = sum(len(re.findall(rf"\b{name}\(", text)) for text in texts)
            assert uses > 1, f"macro {name} is called nowhere"


def test_what_is_not_additive_is_summed_nowhere(models: dict[str, Node], manifest: Node) -> None:
    """A sum over values stands where additivity was looked at; the semantic layer sums additive metrics only."""
    sums = re.compile(r"\bsum\(\s*(?:[a-z_]+\.)?(?:[a-z_]*value)\b")
    assert sums.search("sum(figures.value)")
    with_sums = {name for name, model in models.items() if sums.search(_code(model["raw_code"]))}
    assert with_sums <= SUMS.keys()
    assert "member.is_additive" in models["int_metrics_lists"]["raw_code"]
    additive = {row["metric_code"] for row in seed("metrics") if row["is_additive"] == "true"}
    assert len(manifest["metrics"]) >= 10
    for metric in manifest["metrics"].values():
        is_total = metric["type_params"]["measure"]["name"] == "total_of_counties"
        assert is_total == metric["name"].endswith("_of_counties"), metric["name"]
        if is_total:
            assert metric["name"].removesuffix("_of_counties") in additive


def test_the_semantic_layer_speaks_of_metrics_of_the_catalogue(manifest: Node) -> None:
    catalogue = {row["metric_code"] for row in seed("metrics")}
    for metric in manifest["metrics"].values():
        code = metric["name"].removesuffix("_of_counties")
        assert code in catalogue
        assert f"= '{code}'" in metric["filter"]["where_filters"][0]["where_sql_template"]


def test_all_forty_metrics_are_in_the_catalogue_and_each_code_can_be_made() -> None:
    rows = seed("metrics")
    assert {row["metric_id"] for row in rows} == {f"M{number:02d}" for number in range(1, 41)}
    inputs = {row["metric_code"] for row in seed("metric_inputs")}
    rules = "".join(path.read_text("utf-8") for path in (MODELS / "intermediate").glob("int_metrics_*.sql"))
    for row in rows:
        assert all(row[column] for column in ("unit_measure", "formula", "grain", "reason")), row["metric_code"]
        if row["operation"] != "programme":
            assert f"'{row['operation']}'" in rules, f"no model makes {row['operation']}"
        # A metric without inputs says in its reason why there is none.
        if row["operation"] not in ("programme", "data_health") and row["metric_code"] not in inputs:
            assert row["reason"].startswith("No bundled publication"), row["metric_code"]


def test_the_health_index_is_over_the_mandatory_figures() -> None:
    formula = next(row["formula"] for row in seed("metrics") if row["operation"] == "data_health")
    assert formula == f"count(sound) / {len(seed('mandatory_indicators'))} * 100"


def test_enough_unit_tests_hold_the_models(manifest: Node) -> None:
    assert len(manifest["unit_tests"]) >= 150


def _code(raw: str) -> str:
    """SQL without comments, so that a sentence about a relation is not taken for its use."""
    return re.sub(r"\{#.*?#\}|--[^\n]*", "", raw, flags=re.DOTALL)


def _is_singular(node: Node) -> bool:
    return node["resource_type"] == "test" and not node.get("test_metadata")


def _is_generic_over_seed(node: Node) -> bool:
    """A generic test that looks a seed up, as resolves_to does with unregistered_subjects."""
    return node["resource_type"] == "test" and node.get("test_metadata", {}).get("name") in (
        "resolves_to",
        "relationships",
    )
