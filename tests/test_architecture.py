"""The rooms and the direction of imports, as README draws them."""

import ast
from pathlib import Path

from shanhai import settings

ROOMS = {"dags", "dbt_project", "docker", "expectations", "include", "tests"}

# A module imports only from its own layer's earlier modules' layers: from left to right, low to high.
LAYERS = [
    {"errors", "credentials", "settings", "provenance", "archive", "seal"},
    {"documents"},
    {"carriers", "grammar", "fetching"},
    {"warehouse"},
    {"reading"},
    {"library"},
    {"difference", "expectation_run", "waivers"},
    {"completeness", "explain", "ledger", "load", "signing", "validate", "workbench"},
    {"pending", "quarantine", "release"},
    {"audit"},
    {"summary"},
    {"platform"},
    {"cli"},
]
HEIGHT = {module: height for height, layer in enumerate(LAYERS) for module in layer}


def imports(file: Path) -> set[str]:
    """Every module that a file imports, wherever in the file."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def test_the_tree_has_the_rooms_of_the_design() -> None:
    present = {path.name for path in settings.PROJECT_ROOT.iterdir() if path.is_dir() and not path.name.startswith(".")}
    assert present - {"var", "shanhai.egg-info"} == ROOMS


def test_a_module_imports_only_from_below() -> None:
    package = settings.PROJECT_ROOT / "include" / "shanhai"
    files = [f for f in package.rglob("*.py") if f != package / "__init__.py"]
    assert files
    problems = []
    for file in files:
        own = file.relative_to(package).parts[0].removesuffix(".py")
        assert own in HEIGHT, f"{own} has no place in the layers"
        for name in imports(file):
            parts = name.split(".")
            if parts[0] == "shanhai" and len(parts) > 1 and parts[1] in HEIGHT and HEIGHT[parts[1]] > HEIGHT[own]:
                problems.append(f"{file.relative_to(package)} imports {name}")
    assert not problems


def test_airflow_is_imported_in_dags_only() -> None:
    package = settings.PROJECT_ROOT / "include"
    files = list(package.rglob("*.py"))
    assert files
    assert not [f for f in files if any(name.split(".")[0] == "airflow" for name in imports(f))]


def test_dags_hold_no_logic() -> None:
    files = list(settings.DAGS.glob("*.py"))
    assert {f.stem for f in files} == {"load_publications", "build_marts", "quarterly_audit", "decide_quarantine"}
    for file in files:
        tree = ast.parse(file.read_text("utf-8"))
        heavy = {"psycopg", "sqlalchemy", "dbt", "great_expectations", "pandas"}
        assert not {name.split(".")[0] for name in imports(file)} & heavy, file
        assert not [n for n in ast.walk(tree) if isinstance(n, ast.Constant) and "select " in str(n.value).lower()], (
            file
        )
