"""The JSON Schema of source documents: valid, told in words, and true of every bundled document."""

import json
from typing import Any

import jsonschema
import pytest
import yaml
from typer.testing import CliRunner

from shanhai import settings
from shanhai.cli import app
from shanhai.documents.schema import source_schema

DOCUMENTS = sorted(p for p in settings.SOURCES.glob("*/*.yml") if p.name != "publisher.yml")


class EditorLoader(yaml.SafeLoader):
    """YAML as editors check it: numbers and booleans are such, dates are text."""


EditorLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def test_the_command_prints_the_schema() -> None:
    done = CliRunner().invoke(app, ["source", "schema"])
    assert done.exit_code == 0
    assert json.loads(done.stdout) == source_schema()


def test_it_is_a_schema_with_titles_and_descriptions() -> None:
    schema = source_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    parts = {"SourceDocument": schema, **schema["$defs"]}
    assert {"Layout", "Column", "Edition", "Statement"} < set(parts)
    for name, part in parts.items():
        assert part.get("description"), name
        for key, field in part["properties"].items():
            assert field.get("title") or "$ref" in field or field.get("description"), f"{name}.{key}"


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_every_bundled_document_is_valid(path: Any) -> None:
    content = yaml.load(path.read_text("utf-8"), EditorLoader)  # noqa: S506 - a safe loader, less its dates
    jsonschema.validate(content, source_schema(), cls=jsonschema.Draft202012Validator)


def test_an_unknown_key_is_not_valid() -> None:
    content = yaml.load(DOCUMENTS[0].read_text("utf-8"), EditorLoader) | {"license": "facts"}  # noqa: S506 - as above
    with pytest.raises(jsonschema.ValidationError, match="license"):
        jsonschema.validate(content, source_schema(), cls=jsonschema.Draft202012Validator)
