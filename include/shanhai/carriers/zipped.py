"""Zipped office files, opened within bounds: no bomb unpacks, no entity is resolved, no macro is touched."""

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import TypeVar

from lxml import etree

_MOST_UNPACKED = 256 * 2**20
_MOST_TREE = 32 * 2**20  # a tree of elements takes some ten times the bytes of its part
_MOST_RATIO = 400  # a sheet of one repeated row reaches about 150; a bomb starts above 1000
_FREE_OF_RATIO = 2**20
_MOST_PARTS = 10_000
_PIECE = 2**20
_MOST_REMEMBERED, _LARGEST_REMEMBERED = 32, 2**16
_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)

Value = TypeVar("Value")


class Archive:
    """The parts of an office file; raises ValueError when the file is broken or out of bounds."""

    def __init__(self, content: bytes) -> None:
        with _named_errors():
            self._file = zipfile.ZipFile(io.BytesIO(content))
            self._members = {member.filename: member for member in self._file.infolist()}
            _check(self._file.infolist())

    def __contains__(self, name: str) -> bool:
        return name in self._members

    def part(self, name: str) -> bytes:
        """A part that is small enough to be read into a tree, as declared and with its checksum compared."""
        if self._members[name].file_size > _MOST_TREE:
            raise ValueError(f"part {name} has more than {_MOST_TREE} bytes")
        return b"".join(self.pieces(name))

    def pieces(self, name: str) -> Iterator[bytes]:
        """A part in pieces of at most a mebibyte, never more than its declared size; nothing of it stays in memory."""
        seen = b""
        with _named_errors(), self._file.open(self._members[name]) as file:
            while piece := file.read(_PIECE):
                if not seen and (piece[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in piece[:64]):
                    raise ValueError(f"part {name} is not UTF-8")
                if (b"!" in piece or b"<" in seen) and _DECLARATION.search(seen + piece):
                    raise ValueError(f"part {name} declares a document type, which may hold entities")
                seen = piece[-16:]
                yield piece


def remembered(read: Callable[[bytes], Value]) -> Callable[[bytes], Value]:
    """What reads a part, with its last results kept by the bytes of small parts: books of a series share theirs."""
    remembering = lru_cache(maxsize=_MOST_REMEMBERED)(read)
    return lambda part: remembering(part) if len(part) <= _LARGEST_REMEMBERED else read(part)


def parse_xml(part: bytes) -> etree._Element:
    """The root element of a part; raises ValueError when it is not well-formed."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(part, parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(f"the XML is broken: {error}") from error


@contextmanager
def _named_errors() -> Iterator[None]:
    try:
        yield
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, OSError, zlib.error) as error:
        raise ValueError(f"the zip archive is broken or locked: {error}") from error


def _check(members: list[zipfile.ZipInfo]) -> None:
    if len(members) > _MOST_PARTS:
        raise ValueError(f"the archive has {len(members)} parts, more than {_MOST_PARTS}")
    if sum(member.file_size for member in members) > _MOST_UNPACKED:
        raise ValueError(f"the archive unpacks to more than {_MOST_UNPACKED} bytes")
    names = [member.filename for member in members]
    if len(set(names)) != len(names):
        raise ValueError("the archive names a part twice")
    for member in members:
        if member.file_size > _FREE_OF_RATIO and member.file_size > _MOST_RATIO * max(member.compress_size, 1):
            raise ValueError(f"part {member.filename} unpacks to more than {_MOST_RATIO} times its size")
