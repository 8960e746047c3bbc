"""Reference registers kept as dbt seeds: indicators with their magnitudes, units and division aliases."""

import csv
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Indicator:
    """One row of `indicators.csv`: what a figure measures, in which unit."""

    indicator_code: str
    name_zh: str
    name_en: str
    unit_measure: str
    measure: str
    default_accum: str


@dataclass(frozen=True)
class Unit:
    """One row of `units.csv`: a printed unit, its SDMX measure and power of ten."""

    unit_printed: str
    unit_measure: str
    unit_mult: int


@dataclass(frozen=True)
class Magnitude:
    """One row of `indicator_magnitudes.csv`: what a figure can be at a level of area, in the canonical unit."""

    lowest: Decimal
    highest: Decimal


@dataclass(frozen=True)
class Reference:
    """The registers a reader needs; `magnitudes` by indicator, then by level of area."""

    indicators: dict[str, Indicator]
    units: dict[str, Unit]
    division_aliases: dict[str, str]
    magnitudes: dict[str, dict[str, Magnitude]]


def load_reference(seeds: Path) -> Reference:
    """The registers under `seeds`, read once while unchanged; a code or unit that stands twice is an error."""
    names = ("indicators.csv", "units.csv", "division_aliases.csv", "indicator_magnitudes.csv")
    return _load(seeds, tuple((seeds / name).stat().st_mtime_ns for name in names))


@cache
def _load(seeds: Path, _version: tuple[int, ...]) -> Reference:
    fields = Indicator.__dataclass_fields__
    indicators = _keyed(
        seeds / "indicators.csv", "indicator_code", lambda row: Indicator(**{name: row[name] for name in fields})
    )
    units = _keyed(
        seeds / "units.csv",
        "unit_printed",
        lambda row: Unit(row["unit_printed"], row["unit_measure"], int(row["unit_mult"])),
    )
    aliases = _keyed(seeds / "division_aliases.csv", "alias", lambda row: row["division_code"])
    return Reference(indicators, units, aliases, _magnitudes(seeds / "indicator_magnitudes.csv"))


def _magnitudes(path: Path) -> dict[str, dict[str, Magnitude]]:
    found: dict[str, dict[str, Magnitude]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            levels = found.setdefault(row["indicator_code"], {})
            if row["area_level"] in levels:
                raise ValueError(f"{path}: {row['indicator_code']} {row['area_level']} stands twice")
            levels[row["area_level"]] = Magnitude(Decimal(row["lowest"]), Decimal(row["highest"]))
    return found


def _keyed(path: Path, key: str, build: Callable[[dict[str, str]], T]) -> dict[str, T]:
    entries: dict[str, T] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row[key] in entries:
                raise ValueError(f"{path}: {key} {row[key]!r} stands twice")
            entries[row[key]] = build(row)
    return entries
