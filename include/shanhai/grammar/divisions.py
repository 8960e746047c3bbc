"""Names and codes of administrative divisions, valid at a date; a name that does not resolve is refused."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from shanhai.errors import CellError
from shanhai.grammar.figures import normalise

COUNTRY_NAMES = frozenset({"全国", "中国", "中华人民共和国"})


@dataclass(frozen=True)
class Division:
    """One lifetime of a division code under one name; `valid_to_year` is the first year it no longer holds."""

    code: str
    name: str
    province: str
    valid_from_year: int
    valid_to_year: int | None

    def is_valid(self, day: date) -> bool:
        """Whether the division exists on that day, as far as a register in years can tell."""
        return self.valid_from_year <= day.year and (self.valid_to_year is None or day.year < self.valid_to_year)


class DivisionRegister:
    """Divisions by name and by code, with aliases."""

    def __init__(self, divisions: Iterable[Division], aliases: dict[str, str]) -> None:
        self._by_name: dict[str, list[Division]] = defaultdict(list)
        self._by_code: dict[str, list[Division]] = defaultdict(list)
        self._aliases = {normalise_name(alias): code for alias, code in aliases.items()}
        for division in divisions:
            self._by_name[normalise_name(division.name)].append(division)
            self._by_code[division.code].append(division)

    def code_of(self, name: str, day: date, provinces: Collection[str] = ()) -> str:
        """The code of the one division of that name on that day; raises CellError when there is none or several.

        `provinces` are those whose divisions count; all of the register where none is named.
        """
        wanted = normalise_name(name)
        codes = {
            division.code
            for division in self._by_name.get(wanted, [])
            if division.is_valid(day) and (not provinces or division.province in provinces)
        }
        if not codes and wanted in self._aliases:
            codes = {d.code for d in self._by_code.get(self._aliases[wanted], []) if d.is_valid(day)}
        if len(codes) != 1:
            found = f"several divisions ({sorted(codes)})" if codes else "no division"
            raise CellError(f"{name!r} names {found} of the register on {day}")
        return codes.pop()

    def check(self, code: str, name: str, day: date) -> str:
        """`code`, provided that the register knows it under that name on that day; raises CellError otherwise."""
        names = {normalise_name(d.name) for d in self._by_code.get(code, []) if d.is_valid(day)}
        wanted = normalise_name(name)
        if wanted not in names and self._aliases.get(wanted) != code:
            raise CellError(f"code {code} is {sorted(names) or 'unknown'} on {day}, the label says {name!r}")
        return code


@lru_cache(maxsize=10_000)
def normalise_name(name: str) -> str:
    """A name without white space and look-alike characters."""
    return re.sub(r"\s", "", normalise(name))
