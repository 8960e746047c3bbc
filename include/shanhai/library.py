"""Everything that reading needs, opened once: documents, reference registers and the register of divisions."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

from shanhai import settings
from shanhai.documents.catalogue import Catalogue, TableSource, sha256_of
from shanhai.documents.reference import Reference, load_reference
from shanhai.documents.source import Edition
from shanhai.grammar.divisions import Division, DivisionRegister
from shanhai.reading.edition import EditionReader

# Code that decides how bytes become rows; an edition is read anew when any of it changes.
_READING_CODE = ("carriers", "grammar", "reading")


_registers: dict[tuple[Catalogue, str], DivisionRegister] = {}


@dataclass(frozen=True)
class Library:
    """The project's documents and registers; read-only."""

    catalogue: Catalogue
    seeds: Path

    @classmethod
    def open(cls) -> "Library":
        """The library of this project."""
        return cls(Catalogue(settings.SOURCES, settings.PUBLISHED), settings.DBT_PROJECT / "seeds")

    @cached_property
    def reference(self) -> Reference:
        """Indicators, units and aliases."""
        return load_reference(self.seeds)

    @property
    def register(self) -> DivisionRegister:
        """Divisions as the newest edition of each table of divisions prints them; read once per process."""
        version = (self.catalogue, self._register_sha256)
        if version not in _registers:
            _registers[version] = DivisionRegister(self._divisions(), self.reference.division_aliases)
        return _registers[version]

    @cached_property
    def provinces(self) -> list[str]:
        """Names of the provinces whose divisions the register knows."""
        return sorted({division.province for division in self._divisions()})

    def reader(self, source: TableSource, edition: Edition, content: bytes) -> EditionReader:
        """A reader of the edition's bytes."""
        needs_register = source.document.relation == "observations"
        register = self.register if needs_register else DivisionRegister([], {})
        return EditionReader(source, edition, content, self.reference, register)

    def reading_sha256(self, source: TableSource, edition: Edition) -> str:
        """Hash of all that decides how the edition reads: its document, the registers it uses, the reading code."""
        reading = source.reading(edition)
        digest = hashlib.sha256(reading)
        digest.update(self._code_sha256.encode())
        if source.document.relation == "observations":
            used = sorted(code for code in self.reference.indicators if code.encode() in reading)
            digest.update(json.dumps([asdict(self.reference.indicators[code]) for code in used]).encode())
            windows = {code: self.reference.magnitudes[code] for code in used if code in self.reference.magnitudes}
            digest.update(repr(sorted(windows.items())).encode())
            digest.update(self._register_sha256.encode())
        return digest.hexdigest()

    @cached_property
    def _code_sha256(self) -> str:
        here = Path(__file__).parent
        files = sorted(file for name in _READING_CODE for file in _python_files(here / name))
        return hashlib.sha256("".join(sha256_of(file) for file in files).encode()).hexdigest()

    @cached_property
    def _register_sha256(self) -> str:
        files = [self.seeds / "units.csv", self.seeds / "division_aliases.csv"]
        files += [source.file(edition) for source, edition in self._division_editions()]
        return hashlib.sha256("".join(sha256_of(file) for file in files).encode()).hexdigest()

    def _division_editions(self) -> Iterator[tuple[TableSource, Edition]]:
        for source in self.catalogue.tables.values():
            if source.document.relation == "divisions":
                yield source, source.document.editions[-1]

    def _divisions(self) -> Iterator[Division]:
        for source, edition in self._division_editions():
            for row in self.reader(source, edition, source.file(edition).read_bytes()).rows():
                yield Division(
                    code=str(row["division_code"]),
                    name=str(row["name_zh"]),
                    province=str(row["province_name"]),
                    valid_from_year=int(str(row["valid_from_year"])),
                    valid_to_year=None if row["valid_to_year"] is None else int(str(row["valid_to_year"])),
                )


def _python_files(path: Path) -> list[Path]:
    return sorted(path.rglob("*.py")) if path.is_dir() else [path]
