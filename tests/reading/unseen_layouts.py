"""Published tables whose layouts nobody had described, in the order in which they were tried: `layouts/<number>_….yml`.

Each document holds an excerpt as printed with its origin, the source document that reads it, and what it reads. Figures
are facts, none is made up; of pages that are stored as text the merged cells are drawn again from the order of the
cells. `printed` is the page, or the cells of a csv parted by bars; `needed` is what the code had to learn before the
document could be written; `lines` counts those of the document without title, licence, symbols and editions;
`indicators` are the rows that the register of indicators lacked.
"""

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

LAYOUTS = Path(__file__).with_name("layouts")


@dataclass(frozen=True)
class Unseen:
    """One layout; `reads` holds subject, indicator, period, accumulation and canonical value of some figures."""

    name: str
    origin: dict[str, Any]
    file: str
    printed: str
    document: str
    lines: int
    figures: int
    reads: list[tuple[str, str, str, str, str]]
    needed: str = ""
    indicators: str = ""

    @property
    def content(self) -> bytes:
        """The bytes of the publication."""
        return sheet(self.printed) if self.file.endswith(".csv") else self.printed.encode()


def sheet(text: str) -> bytes:
    """Rows of cells parted by bars, as a csv."""
    saved = io.StringIO()
    csv.writer(saved).writerows([[c.strip() for c in line.split("|")] for line in text.strip().splitlines()])
    return saved.getvalue().encode()


def unseen(name: str) -> Unseen:
    """The layout of `layouts/<number>_<name>.yml`."""
    (path,) = LAYOUTS.glob(f"[0-9][0-9]_{name}.yml")
    return Unseen(**yaml.safe_load(path.read_text("utf-8")))


NAMES = [path.stem.partition("_")[2] for path in sorted(LAYOUTS.glob("*.yml"))]
UNSEEN = [unseen(name) for name in NAMES]
