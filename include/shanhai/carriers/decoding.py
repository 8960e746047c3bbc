"""Bytes to text, strictly: the declared encoding or nothing (checks S02)."""

import codecs
import re

# UTF-32 little-endian starts with the mark of UTF-16, so it is asked first.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
# What GBK text becomes when a byte slips, when UTF-8 is read as GBK twice, and when memory was never written.
BROKEN = re.compile("藏熑螁挝|锟斤拷|烫烫烫|\ufffd")


def decode(content: bytes, encoding: str, most: int = 64 * 2**20) -> str:
    """The text without its byte order mark; raises ValueError naming the place of the first byte that is not text.

    More than `most` bytes are refused: a text takes up to four times its bytes, and what is made of it more.
    """
    if len(content) > most:
        raise ValueError(f"the file has {len(content)} bytes, more than {most}")
    mark = next((name for start, name in _MARKS if content.startswith(start)), None)
    if mark and mark != family(encoding):
        raise ValueError(f"byte 0: the byte order mark is of {mark}, the document declares {encoding}")
    if family(encoding) == "utf-16" and not mark:
        raise ValueError("byte 0: UTF-16 without a byte order mark does not say which byte comes first")
    text = content.decode(encoding, errors="strict").removeprefix("\ufeff")
    if (nothing := text.find("\0")) >= 0:  # parsers end there, and what follows would be lost
        raise ValueError(f"line {text.count(chr(10), 0, nothing) + 1}, char {nothing}: the character NUL is no text")
    broken = BROKEN.search(text)
    if broken:
        line = text.count("\n", 0, broken.start()) + 1
        raise ValueError(
            f"line {line}, char {broken.start()}: {broken[0]!r} is what broken Chinese text leaves behind (S02)"
        )
    return text


def family(encoding: str) -> str:
    """The name under which encodings that read the same text are one: GB 2312 and GBK are parts of GB 18030."""
    name = codecs.lookup(encoding).name
    return "gb18030" if name in ("gb2312", "gbk", "gb18030") else name.removesuffix("-sig")
