"""The texts that cells of a workbook share, by number: rich text in one piece, without how characters sound."""

import re
from xml.parsers import expat

from shanhai.carriers.zipped import Archive

_PATH = "xl/sharedStrings.xml"
_MOST_BYTES = 160 * 2**20
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
# A text in one piece and in characters that no parser alters, and what may stand before the first.
_PLAIN = r'<si><t(?: xml:space="preserve")?>([^<>&\x00-\x08\x0b-\x1f]*)</t></si>'
_PLAIN_TEXT, _PLAIN_TEXTS = re.compile(_PLAIN), re.compile(f"(?:{_PLAIN})++")
_PLAIN_HEAD = re.compile(
    rb"""(?i)(?:<\?xml version="1\.0"(?: encoding="utf-8")?(?: standalone="[a-z]+")?\?>\s*)?<sst [^<>]*>"""
)


def read_shared_texts(archive: Archive) -> list[str]:
    """Every shared text in order; raises ValueError when the part is broken or holds more than memory should."""
    found: list[str] = []
    if _PATH not in archive:
        return found
    held, phonetic, size = [""], 0, 0
    is_text = False

    def start(name: str, _: dict[str, str]) -> None:
        nonlocal phonetic, is_text
        tag = name.rpartition(":")[2]
        if tag == "si":
            held.clear()
        elif tag == "rPh":
            phonetic += 1
        elif tag == "t":
            is_text = not phonetic

    def end(name: str) -> None:
        nonlocal phonetic, is_text, size
        tag = name.rpartition(":")[2]
        if tag == "t":
            is_text = False
        elif tag == "rPh":
            phonetic -= 1
        elif tag == "si":
            found.append(unescaped("".join(held)))
            size += found[-1].__sizeof__()
            if size > _MOST_BYTES:
                raise ValueError(f"the shared texts take more than {_MOST_BYTES} bytes")

    def characters(text: str) -> None:
        if is_text:
            held.append(text)

    def refuse(*_: object) -> None:
        raise ValueError("the shared texts declare a document type, which may hold entities")

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = characters, refuse
    try:
        pieces = archive.pieces(_PATH)
        plain, rest = _cut_plain(next(pieces, b""))
        found += map(unescaped, plain)
        parser.Parse(rest, False)
        for piece in pieces:
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise ValueError(f"the XML of the shared texts is broken: {error}") from error
    return found


def _cut_plain(piece: bytes) -> tuple[list[str], bytes]:
    """The texts of the first piece of the part, where all of them are plain, and what is left of it to be parsed."""
    start, end = piece.find(b"<si>"), piece.rfind(b"</si>") + len(b"</si>")
    if start < 0 or not _PLAIN_HEAD.fullmatch(piece[:start]):
        return [], piece
    texts = piece[start:end].decode("utf-8", errors="replace")
    if "\ufffd" in texts or not _PLAIN_TEXTS.fullmatch(texts):
        return [], piece
    return _PLAIN_TEXT.findall(texts), piece[:start] + piece[end:]


def unescaped(text: str) -> str:
    """A text whose characters that XML cannot hold are written out, as `_x000D_`."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text
