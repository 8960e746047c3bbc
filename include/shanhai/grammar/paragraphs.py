"""Paragraphs that a page prints more than once: the same article twice is not a second observation (S08)."""

import re
from collections import Counter

# Shorter lines are headings, captions and menus, which repeat without meaning anything.
_SHORTEST = 20


def repeated_paragraphs(text: str) -> list[str]:
    """Each long paragraph once for every printing after its first, white space aside, in the text's order."""
    met: Counter[str] = Counter()
    repeated = []
    for line in text.splitlines():
        paragraph = re.sub(r"\s", "", line)
        if len(paragraph) >= _SHORTEST:
            if met[paragraph]:
                repeated.append(paragraph)
            met[paragraph] += 1
    return repeated
