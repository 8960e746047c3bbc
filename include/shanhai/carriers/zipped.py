"""Zipped office files, opened within bounds: no bomb unpacks, no entity is resolved, no macro is touched."""

import io
import re
import zipfile
import zlib

from lxml import etree

_MOST_UNPACKED = 256 * 2**20
_MOST_RATIO = 400  # a sheet of one repeated row reaches about 150; a bomb starts above 1000
_FREE_OF_RATIO = 2**20
_MOST_PARTS = 10_000
_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


def unzip(content: bytes, wanted: str) -> dict[str, bytes]:
    """The parts whose names match the pattern `wanted`; raises ValueError when the file is broken or out of bounds."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            _check(members)
            return {m.filename: _part(archive, m) for m in members if re.fullmatch(wanted, m.filename)}
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, OSError, zlib.error) as error:
        raise ValueError(f"the zip archive is broken or locked: {error}") from error


def parse_xml(part: bytes) -> etree._Element:
    """The root element of a part; raises ValueError when it is not well-formed."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(part, parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(f"the XML is broken: {error}") from error


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


def _part(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """A part's bytes, never more than its declared size: reading stops there, and its checksum is compared."""
    part = archive.read(member)
    if member.filename.endswith((".xml", ".rels")):
        if part[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in part[:64]:
            raise ValueError(f"part {member.filename} is not UTF-8")
        if _DECLARATION.search(part):
            raise ValueError(f"part {member.filename} declares a document type, which may hold entities")
    return part
