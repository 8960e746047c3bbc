"""Writes text as YAML scalars of one line, quoted only where they must be."""

import re

import yaml

_PLAIN = re.compile(r"[\w一-鿿]([\w一-鿿./+ ()-]*[\w一-鿿./+()-])?")
_LOOKS_LIKE_A_VALUE = re.compile(r"(?i)[\d._+-]+|true|false|yes|no|on|off|null|~|NaN|\d+e\d+")
_NEVER_QUOTED = re.compile(r"\d{4}-\d{2}-\d{2}|[0-9a-f]{64}")


def scalar(value: str) -> str:
    """`value` as it stands in a mapping of one line."""
    if _NEVER_QUOTED.fullmatch(value) or (_PLAIN.fullmatch(value) and not _LOOKS_LIKE_A_VALUE.fullmatch(value)):
        return value
    return str(yaml.safe_dump(value, allow_unicode=True, default_style='"', width=10**9)).rstrip("\n")
