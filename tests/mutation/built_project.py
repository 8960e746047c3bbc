"""The dbt project as the last build compiled it, and the release that came of it, to be damaged in a copy."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from psycopg import Connection, sql
from tests.mutation.corruption import Relation

from shanhai import settings
from shanhai.release.dbt_commands import CANDIDATE_SCHEMA

Node = dict[str, Any]

# Where the copies to be damaged are: without keys and constraints, so that only the test can notice.
DAMAGED = "damaged"


@dataclass(frozen=True)
class BuiltProject:
    """The artefacts that a build leaves under its target folder."""

    target: Path

    @classmethod
    def of_last_build(cls) -> BuiltProject:
        """What the release module's last build left."""
        return cls(settings.home() / "dbt" / "target")

    @cached_property
    def manifest(self) -> Node:
        """manifest.json, with the compiled SQL of every data test."""
        manifest: Node = json.loads((self.target / "manifest.json").read_text("utf-8"))
        return manifest

    @property
    def data_tests(self) -> list[Node]:
        """Every data test whose file is in the project, in order of their names."""
        tests = [n for n in self.manifest["nodes"].values() if n["resource_type"] == "test" and _is_ours(n)]
        return sorted(tests, key=lambda test: test["name"])

    @property
    def unit_tests(self) -> list[Node]:
        """Every unit test whose file is in the project, in order of their names."""
        return sorted(filter(_is_ours, self.manifest["unit_tests"].values()), key=lambda test: test["name"])

    def compiled_sql(self, test: Node) -> str:
        """A data test's SQL as the build compiled it, also where a later parse has forgotten it."""
        if test.get("compiled_code"):
            return str(test["compiled_code"])
        place = self.target / "compiled" / test["package_name"] / test["original_file_path"]
        return (place if place.is_file() else place / test["path"]).read_text("utf-8")

    def unit_test_sql(self, test: Node, schema: str) -> str:
        """What the build ran for a unit test, types taken from `schema`; raises LookupError when it ran nothing."""
        folder = f"run/{test['package_name']}/{test['original_file_path']}"
        targets = (self.target, self.target.with_name("target_beside"))
        found = sorted(file for target in targets for file in (target / folder).rglob(f"{test['name']}.sql"))
        if not found:
            raise LookupError(f"{test['name']} was not run")
        return found[0].read_text("utf-8").replace(f'"{CANDIDATE_SCHEMA}".', f'"{schema}".')

    def copy_for_damage(self, connection: Connection, schema: str) -> None:
        """Copy every relation of the release and every source into one schema without constraints."""
        connection.execute(sql.SQL("create schema {}").format(sql.Identifier(DAMAGED)))
        for node in [*self.manifest["nodes"].values(), *self.manifest["sources"].values()]:
            if node["resource_type"] not in ("model", "seed", "source") or not node["relation_name"]:
                continue
            source = node["resource_type"] == "source"
            origin = (node["schema"], node["identifier"]) if source else (schema, node["alias"])
            connection.execute(
                sql.SQL("create table {} as table {}").format(
                    sql.Identifier(DAMAGED, _copied_name(node)), sql.Identifier(*origin)
                )
            )
        connection.execute(sql.SQL("set search_path to {}").format(sql.Identifier(DAMAGED)))

    def check_of(self, test: Node) -> sql.Composed:
        """The number of failing rows of a data test, read from the copies."""
        code = self.compiled_sql(test)
        for unique_id in test["depends_on"]["nodes"]:
            node = self._node(unique_id)
            if node.get("relation_name"):
                code = code.replace(node["relation_name"], f'"{DAMAGED}"."{_copied_name(node)}"')
        return sql.SQL("select {} from (\n{}\n) as failing").format(sql.SQL(test["config"]["fail_calc"]), sql.SQL(code))

    def relations_of(self, connection: Connection, test: Node) -> list[Relation]:
        """The copies that a data test reads, the tested one first."""
        attached = test.get("attached_node")
        ordered = sorted(test["depends_on"]["nodes"], key=lambda unique_id: unique_id != attached)
        nodes = [self._node(unique_id) for unique_id in ordered]
        return [Relation.of(connection, DAMAGED, _copied_name(node)) for node in nodes if node.get("relation_name")]

    def _node(self, unique_id: str) -> Node:
        node: Node = self.manifest["nodes"].get(unique_id) or self.manifest["sources"].get(unique_id) or {}
        return node


def plain_sql(code: str) -> str:
    """SQL without its comments."""
    return re.sub(r"--[^\n]*|/\*.*?\*/", " ", code, flags=re.DOTALL)


def _copied_name(node: Node) -> str:
    if node["resource_type"] == "source":
        return f"{node['source_name']}__{node['identifier']}"
    return str(node["alias"])


def _is_ours(node: Node) -> bool:
    return (settings.DBT_PROJECT / node["original_file_path"]).exists()
