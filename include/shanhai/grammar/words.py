"""Words around printed figures: directions, bounds and multiples, in simplified and traditional characters."""

import re

from shanhai.grammar.characters import forms

FALLING = ("下降", "减少", "降低", "回落", "下跌", "收窄", "低")
RISING = ("增长", "上升", "提高", "上涨", "增加", "高")
TURNED_UP, TURNED_DOWN = "由负转正", "由正转负"
# What says that a multiple is the level itself, not what was added to it.
REACHING = ("增长到", "增加到", "提高到", "上升到", "增长至", "增加至", "提高至", "上升至", "增至", "升至")
OF_YEAR_BEFORE = ("上年的", "去年的", "上年同期的", "去年同期的")

_QUALIFIERS = {
    "超过": "GT", "超": "GT", "突破": "GT", "逾": "GT",
    "以上": "GE", "不少于": "GE", "至少": "GE", "余": "GE", "多": "GE",
    "近": "LT", "不足": "LT",
    "以内": "LE", "以下": "LE", "最高": "LE",
    "左右": "APPROX", "约": "APPROX", "大约": "APPROX", "基本持平": "APPROX",
}  # fmt: skip
QUALIFIERS_BEFORE = ("超过", "超", "突破", "逾", "不少于", "至少", "近", "不足", "大约", "约", "最高")
QUALIFIERS_WITHIN = ("余", "多")
QUALIFIERS_AFTER = ("以上", "以内", "以下", "左右")

# White space wherever a line is broken; between words also footnote marks: 生产总值[2]为.
SPACE = r"\s*"
GAP = r"(?:[\s①-⑳]|[\[［][0-9０-９]{1,2}[\]］])*"


def qualifier_of(words: str) -> str:
    """The bound that words put on their number: EXACT where they say nothing."""
    for word, code in _QUALIFIERS.items():
        if word in words:
            return code
    return "EXACT"


def any_of(*groups: tuple[str, ...]) -> str:
    """A pattern of any of the words, longest first, in either form of characters, broken anywhere."""
    words = sorted({word for group in groups for word in group}, key=lambda word: (-len(word), word))
    return "(?:" + "|".join(spelt(word) for word in words) + ")"


def spelt(word: str) -> str:
    """A pattern of one word in either form of characters."""
    return SPACE.join(f"[{forms(c)}]" if len(forms(c)) > 1 else re.escape(c) for c in word)
