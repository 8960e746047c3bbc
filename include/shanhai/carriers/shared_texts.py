"""The texts that cells of a workbook share, by number: rich text in one piece, without how characters sound."""

import re
from xml.parsers import expat

from shanhai.carriers.zipped import Archive

_PATH = "xl/sharedStrings.xml"
_MOST_BYTES = 160 * 2**20
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


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
        for piece in archive.pieces(_PATH):
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise ValueError(f"the XML of the shared texts is broken: {error}") from error
    return found


def unescaped(text: str) -> str:
    """A text whose characters that XML cannot hold are written out, as `_x000D_`."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text
