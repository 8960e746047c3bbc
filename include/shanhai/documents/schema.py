"""JSON Schema of documents that people write, for editors that complete and check YAML while it is written."""

from typing import Any

from pydantic import BaseModel

from shanhai.documents.source import SourceDocument
from shanhai.documents.waiver import WaiverDocument

# Documents are read as text, scalar by scalar, so 2020 and true are as good as "2020" and "true" where text is due.
_TEXT = ["string", "number", "boolean"]


def source_schema() -> dict[str, Any]:
    """The schema of `include/sources/<publisher>/<table>.yml`, made from its model."""
    return _schema_of(SourceDocument)


def waiver_schema() -> dict[str, Any]:
    """The schema of `expectations/waivers/<publisher>/<table>.yml`, made from its model."""
    return _schema_of(WaiverDocument)


def _schema_of(model: type[BaseModel]) -> dict[str, Any]:
    schema = _with_plain_scalars(model.model_json_schema())
    assert isinstance(schema, dict)  # noqa: S101 - a mapping goes in, a mapping comes out
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _with_plain_scalars(node: Any) -> Any:
    if isinstance(node, list):
        return [_with_plain_scalars(each) for each in node]
    if not isinstance(node, dict):
        return node
    changed = {key: _with_plain_scalars(value) for key, value in node.items()}
    if changed.get("type") == "string" and "enum" not in changed and "const" not in changed:
        changed["type"] = _TEXT
    return changed
