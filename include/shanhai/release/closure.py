"""What a relation of the dbt project rests on: a hash of its own code and of all below it, from the manifest.

Two builds whose hashes are equal differ in their loads only; so a relation that grows may start from the last one's.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

# Of a model's configuration only what changes what is built; descriptions and tags do not.
_CONFIGURED = ("materialized", "incremental_strategy", "unique_key", "on_schema_change", "contract", "column_types")


@dataclass(frozen=True)
class Project:
    """The parsed project; `manifest` is dbt's manifest.json, `configuration_sha256` the hash of dbt_project.yml."""

    manifest: dict[str, Any]
    # Of dbt_project.yml: its variables reach every model.
    configuration_sha256: str
    # What dbt keeps in memory of it, for its further commands; None where it was read from the file.
    parsed: Any = field(default=None, repr=False, compare=False)

    @cached_property
    def sha256(self) -> dict[str, str]:
        """Unique id of each model and seed → hash of all it rests on."""
        known: dict[str, str] = {}
        for name, node in self.manifest["nodes"].items():
            if node["resource_type"] in ("model", "seed"):
                self._hash(name, known)
        return known

    @cached_property
    def promoted(self) -> list[str]:
        """Names of the models that readers see."""
        return sorted(
            n["name"]
            for n in self.manifest["nodes"].values()
            if n["resource_type"] == "model" and n["config"]["meta"].get("promoted")
        )

    def key_of(self, relation: str) -> list[str]:
        """The columns that the relation's grain test declares; empty where it declares none."""
        for node in self.manifest["nodes"].values():
            test = node.get("test_metadata") or {}
            if test.get("name") == "unique_combination" and node.get("attached_node") == f"model.shanhai.{relation}":
                return list(test["kwargs"]["columns"])
        return []

    def parents(self, relation: str) -> set[str]:
        """Unique ids of everything the relation rests on, itself included."""
        found: set[str] = set()
        waiting = [f"model.shanhai.{relation}"]
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += self.manifest["nodes"].get(name, {}).get("depends_on", {}).get("nodes", [])
        return found

    def _hash(self, name: str, known: dict[str, str]) -> str:
        if name not in known:
            node = self.manifest["nodes"].get(name)
            # A source is told apart by its loads, not by its declaration.
            parts = [name] if node is None else [name, *self._own(node)]
            below = sorted(node["depends_on"].get("nodes", [])) if node else []
            known[name] = _digest([*parts, *(self._hash(each, known) for each in below)])
        return known[name]

    def _own(self, node: dict[str, Any]) -> Iterable[str]:
        yield node["checksum"]["checksum"]
        yield self.configuration_sha256
        yield json.dumps({key: node["config"].get(key) for key in _CONFIGURED}, sort_keys=True, default=str)
        yield json.dumps(
            [[c["name"], c["data_type"], c.get("config", {}).get("meta")] for c in node["columns"].values()],
            sort_keys=True,
        )
        yield from sorted(self._macros(node["depends_on"].get("macros", []), set()))

    def _macros(self, names: Iterable[str], seen: set[str]) -> set[str]:
        texts: set[str] = set()
        for name in names:
            macro = self.manifest["macros"].get(name)
            if name in seen or macro is None or macro["package_name"] != "shanhai":
                continue
            seen.add(name)
            texts |= {macro["macro_sql"]} | self._macros(macro["depends_on"]["macros"], seen)
        return texts


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
