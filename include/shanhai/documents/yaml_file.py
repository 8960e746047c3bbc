"""Reads one YAML document into its model; every error names file, line and what is allowed."""

from functools import cache
from pathlib import Path
from typing import TypeVar, cast

import yaml
from pydantic import BaseModel, ValidationError

from shanhai.errors import DocumentError

M = TypeVar("M", bound=BaseModel)


class _NoDoubleKeys:
    """No key of a mapping stands twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[object, object]:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"key {key.value!r} stands twice", key.start_mark)
            seen.add(key.value)
        # The loader beside this class in each subclass has the method; PyYAML ships no types that say so.
        return super().construct_mapping(node, deep)  # type: ignore[misc,no-any-return]


class _TextLoader(_NoDoubleKeys, yaml.CBaseLoader):
    """YAML in which every scalar is text."""


class _NumberLoader(_NoDoubleKeys, yaml.CSafeLoader):
    """YAML with numbers and booleans."""


def load_document(path: Path, model: type[M], *, numbers: bool = False) -> M:
    """The document at `path` as a `model`; raises DocumentError otherwise.

    Every scalar is text, as printed, unless `numbers` says that the document holds numbers of its own. A file that has
    not changed is read once per process and the processes forked from it.
    """
    status = path.stat()
    return cast(M, _load(path, model, numbers, (status.st_mtime_ns, status.st_size, status.st_ino)))


@cache
def _load(path: Path, model: type[BaseModel], numbers: bool, _version: tuple[int, int, int]) -> BaseModel:
    text = path.read_text(encoding="utf-8")
    try:
        content = yaml.load(text, _NumberLoader if numbers else _TextLoader)  # noqa: S506 - both build plain data only
        return model.model_validate(content)
    except yaml.YAMLError as error:
        raise DocumentError(f"{path}: {error}") from error
    except ValidationError as error:
        tree = yaml.compose(text, _TextLoader)
        problems = [f"{path}:{_line(tree, e['loc'])}: {_dotted(e['loc'])}: {e['msg']}" for e in error.errors()]
        raise DocumentError("\n".join(problems)) from error


def line_of(path: Path, *location: int | str) -> int:
    """The line of a part of a document that reads, by keys and positions from its top."""
    return _line(yaml.compose(path.read_text(encoding="utf-8"), _TextLoader), location)


def _dotted(location: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in location) or "document"


def _line(node: yaml.Node | None, location: tuple[int | str, ...]) -> int:
    """Line of the node that a pydantic error location points at, as far down as it exists."""
    for part in location:
        if isinstance(node, yaml.MappingNode):
            found = next((value for key, value in node.value if key.value == str(part)), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            found = node.value[part]
        else:
            found = None
        if found is None:
            break
        node = found
    return node.start_mark.line + 1 if node else 1
