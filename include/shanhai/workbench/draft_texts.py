"""Proposes a document for a text: phrases whose figures name an indicator; the others are listed, not guessed."""

import re
from functools import cached_property
from pathlib import Path

from shanhai.carriers.decoding import decode
from shanhai.documents.reference import Indicator
from shanhai.errors import CellError, DocumentError
from shanhai.grammar.characters import simplified
from shanhai.grammar.repairs import repair_text
from shanhai.grammar.statements import Phrase
from shanhai.library import Library
from shanhai.workbench.frame import edition_lines, subject_lines, title_line
from shanhai.workbench.naming import SHORTEST_NAME, Naming, period_in, plain
from shanhai.workbench.places import ENCODINGS
from shanhai.workbench.scalars import scalar

_REPAIRS: tuple[list[str], ...] = ([], ["strip_pinyin"])
_SIMPLIFY = "traditional_to_simplified"
_NUMBER = r"(?<![\d.])\d[\d,]*(?:\.\d+)?"
_CLAUSE_ENDS = "，。；,;：:、\n（）()！？"
_VERB = re.compile(r"(?:总量|数)?(?:累计)?(?:为|达到?|是|实现|完成|共有?|有|突破|超过?|约|近)+$")
_LEADING = re.compile(r"^(?:其中|全年|年末|初步核算|经核算|(?:19|20)\d{2}年末?)+")
_GROWTH = re.compile(r"(?:增长|下降|增加|减少|提高|降低|上升|回落)\s*\d+(?:\.\d+)?\s*[%％]")
_A_YEAR = re.compile(r"(?:19|20)\d{2}\s*年")
_AROUND = re.compile(r"^(?:19|20)\d{2}年末?|(?:超过?|突破|逾|近|不足|约|大约)$")
_NEXT_FIGURE = re.compile(r"\d")
_SPECIAL = re.compile(r"[{}\[\]|…]")
_FURTHEST_GROWTH = 40
_MOST_LISTED = 15


class TextDraft:
    """Writes the document of a text."""

    def __init__(self, library: Library, file: Path, content: bytes) -> None:
        self._library, self._file, self._content = library, file, content
        self._naming, self._reference = Naming(library.reference), library.reference
        self._encoding, self._printed = self._decoded()
        self._repair, self._text = self._repaired()
        self._taken: set[str] = set()
        self._unread: list[str] = []

    def write(self, title_en: str | None, period: str | None) -> str:
        """The whole text; raises DocumentError when no phrase is surely of an indicator."""
        title = next((line.strip() for line in self._text.splitlines() if line.strip()), self._file.stem)[:60]
        printed = period or period_in(title)
        own = printed or period_in(self._file.stem)
        statements = self._statements()
        if not statements:
            raise DocumentError(
                f"{self._file.name}: no phrase with a figure and a unit names an indicator of the register"
            )
        lines = [*title_line(title, title_en, self._file), "carrier: text"]
        lines += [f"encoding: {self._encoding}"] if self._encoding != "utf-8" else []
        lines += [f"repair: [{', '.join(self._repair)}]"] if self._repair else []
        lines += ["symbols: {}", *subject_lines(self._library, title, own), "statements:"]
        lines += [f"  - says: {scalar(says)}" + (f"  # {remark}" if remark else "") for says, remark in statements]
        if self._unread:
            more = len(self._unread) - _MOST_LISTED
            lines.append("# figures that no phrase reads; a person may know what they are of:")
            lines += [f"#   {each}" for each in self._unread[:_MOST_LISTED]]
            lines += [f"#   and {more} more"] if more > 0 else []
        return "\n".join([*lines, *edition_lines(self._file, self._content, own, is_printed=bool(printed))]) + "\n"

    def _decoded(self) -> tuple[str, str]:
        problem = ""
        for encoding in ENCODINGS:
            try:
                return encoding, decode(self._content, encoding)
            except ValueError as error:
                problem = problem or str(error)
        raise DocumentError(f"{self._file.name}: does not open as text: {problem}")

    def _repaired(self) -> tuple[list[str], str]:
        """The fewest repairs after which the text is sound."""
        problem = ""
        for steps in _REPAIRS:
            try:
                text = repair_text(self._printed, steps).text
                return (steps, text) if simplified(text) == text else ([*steps, _SIMPLIFY], simplified(text))
            except CellError as error:
                problem = str(error)
        raise DocumentError(f"{self._file.name}: {problem}")

    # phrases -------------------------------------------------------------------------------------------------

    @cached_property
    def _figure(self) -> re.Pattern[str]:
        units = sorted((re.escape(unit) for unit in self._reference.units if unit), key=len, reverse=True)
        return re.compile(rf"(?P<number>{_NUMBER})\s*(?P<unit>{'|'.join(units)})")

    def _statements(self) -> list[tuple[str, str]]:
        """Phrases with what is unsure about each."""
        found, end = [], 0
        for match in self._figure.finditer(self._text):
            if match.start() < end or _A_YEAR.fullmatch(match[0]):
                continue
            start = max(self._text.rfind(sign, 0, match.start()) for sign in _CLAUSE_ENDS) + 1
            words = "".join(self._text[start : match.start()].split())
            name = plain(_LEADING.sub("", _VERB.sub("", words)))
            named = self._naming.meaning([name], match["unit"]) if len(name) >= SHORTEST_NAME else None
            says = None
            if named and named.indicator and named.indicator.indicator_code not in self._taken:
                says, end = self._phrase(start, match, named.indicator)
            if named and named.indicator and says:
                self._taken.add(named.indicator.indicator_code)
                found.append((says, named.remark))
            else:
                why = f": {named.remark}" if named and named.remark else ""
                self._unread.append(f"{words[-20:]}{match[0]}{why}")
        return found

    def _phrase(self, start: int, match: re.Match[str], indicator: Indicator) -> tuple[str | None, int]:
        """The words from a clause's begin to its figure and, where one follows directly, to its growth."""
        # The next edition prints another year; what bounds a figure belongs to its place: 超80亿元.
        before = _AROUND.sub("", self._text[start : match.start()].strip())
        says, end = f"{before}{{{indicator.indicator_code}}}", match.end()
        if growth := self._naming.growth_of(indicator):
            follows = _GROWTH.search(self._text, end, end + _FURTHEST_GROWTH)
            between = self._text[end : follows.start()] if follows else ""
            if follows and not re.search(r"[。；;\n]", between) and not _NEXT_FIGURE.search(between):
                longer = f"{says}{between}{{{growth.indicator_code}}}"
                if self._reads(longer, match.start()):
                    return longer, follows.end()
        return (says if self._reads(says, match.start()) else None), end

    def _reads(self, says: str, start: int) -> bool:
        """Whether the phrase reads, and first stands where it was taken from."""
        if _SPECIAL.search(re.sub(r"\{\w+\}", "", says)):
            return False
        try:
            phrase = Phrase(says, self._reference.indicators, self._reference.units)
            found = phrase.find(self._text, 0, len(self._text)) or []
        except CellError:
            return False
        return any(each.start <= start < each.end for each in found[:1])
