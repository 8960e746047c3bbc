"""Ways of reading workbooks, each run in a process of its own: `python -m tests.benchmarks.readers NAME FOLDER`.

Prints one line of JSON: cells read, seconds of processor time and of the clock, peak memory. The readers of the
project and those of its peers run in different environments, so each imports what it needs by itself.
"""

import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any


def shanhai_texts(files: list[Path]) -> int:
    """Every cell as the sheet shows it; locators when asked for."""
    from shanhai.carriers.workbook import read_workbook

    return sum(len(row) for file in files for row in read_workbook(file.read_bytes(), None).texts)


def shanhai_figures(files: list[Path]) -> int:
    """Every figure typed, as staging receives it: exact number, decimals, printed text; its locator on demand."""
    from shanhai.carriers.workbook import read_workbook
    from shanhai.grammar.figure_columns import read_column

    count = 0
    for file in files:
        grid = read_workbook(file.read_bytes(), None)
        count += grid.width  # of the head
        for first in range(2, len(grid.texts) + 1, _ROWS):
            rows = range(first, min(first + _ROWS, len(grid.texts) + 1))
            labels, *columns = grid.columns(rows)
            count += len(labels)
            for column, printed in enumerate(columns, 2):
                figures, locators = read_column(printed, 14), grid.places(rows, column)
                assert len(figures.values) == len(figures.decimals) == len(locators)
                count += len(figures.values)
    return count


def shanhai_lines(files: list[Path]) -> int:
    """Every figure as the line that COPY stages: what document, row and head say of it and its locator written out."""
    from shanhai.load import block_lines
    from shanhai.reading.figure_blocks import FigureBlock
    from shanhai.warehouse.tables import staging_relations

    columns = [column.name for column in staging_relations["observations"].columns]
    library, source, edition = _synthetic_table(files[0].parents[1], int(files[0].stem.rpartition("x")[2]))
    count = 0
    for file in files:
        reader = library.reader(source, edition, file.read_bytes())
        for number, part in reader.parts():
            assert isinstance(part, FigureBlock)
            count += block_lines(part, number, 1, columns).count("\n")
        count += len(reader.grid.texts) + reader.grid.width - 1  # labels and heads
    return count


def peak_mib() -> float:
    """Most memory that the process had; what `getrusage` tells begins with that of the process which started it."""
    return int(Path("/proc/self/status").read_text("ascii").split("VmHWM:")[1].split()[0]) / 1024


@cache
def _synthetic_table(folder: Path, columns: int) -> tuple[Any, Any, Any]:
    """A library with the only table and edition in it, that of a synthetic workbook of so many columns."""
    from tests.benchmarks.synthetic_workbooks import document
    from tests.small_library import SmallLibrary

    small = SmallLibrary(Path(tempfile.mkdtemp(dir=folder)))
    key = small.add("bureau/synthetic", "synthetic.xlsx", b"", document(columns))
    library = small.library
    source = library.catalogue.tables[key.table_id]
    return library, source, source.edition(key.edition)


def calamine(files: list[Path]) -> int:
    """Bare python-calamine: binary floats, nothing of formats or hidden rows."""
    from python_calamine import CalamineWorkbook

    return sum(
        len(row)
        for file in files
        for row in CalamineWorkbook.from_path(str(file)).get_sheet_by_index(0).to_python(skip_empty_area=False)
    )


def openpyxl_read_only(files: list[Path]) -> int:
    """The reader of openpyxl that streams."""
    from openpyxl import load_workbook

    count = 0
    for file in files:
        book = load_workbook(file, read_only=True, data_only=True)
        count += sum(len(row) for row in book.worksheets[0].iter_rows(values_only=True))
        book.close()
    return count


def pandas_openpyxl(files: list[Path]) -> int:
    """The default of pandas."""
    import pandas

    return sum(pandas.read_excel(file, header=None, engine="openpyxl").size for file in files)


def pandas_calamine(files: list[Path]) -> int:
    """Pandas over python-calamine."""
    import pandas

    return sum(pandas.read_excel(file, header=None, engine="calamine").size for file in files)


def polars_calamine(files: list[Path]) -> int:
    """Polars over fastexcel, which is calamine to Arrow."""
    import polars

    frames = (polars.read_excel(file, has_header=False, engine="calamine") for file in files)
    return sum(frame.width * frame.height for frame in frames)


def dlt_calamine(files: list[Path]) -> int:
    """Dlt extracting and normalising rows that calamine reads, as its users write it; nothing is loaded."""
    import dlt
    from python_calamine import CalamineWorkbook

    count = 0

    def rows() -> Iterator[dict[str, Any]]:
        nonlocal count
        for file in files:
            read: Iterable[list[Any]] = CalamineWorkbook.from_path(str(file)).get_sheet_by_index(0).to_python()
            for row in read:
                count += len(row)
                yield {f"c{number}": value for number, value in enumerate(row)}

    with tempfile.TemporaryDirectory() as folder:
        pipeline = dlt.pipeline("reading", pipelines_dir=folder, destination="dummy", dataset_name="reading")
        pipeline.extract(rows(), table_name="cells")
        pipeline.normalize()
    return count


_ROWS = 512
READERS: dict[str, Callable[[list[Path]], int]] = {
    reader.__name__: reader
    for reader in (
        calamine,
        shanhai_texts,
        shanhai_figures,
        shanhai_lines,
        polars_calamine,
        pandas_calamine,
        openpyxl_read_only,
        pandas_openpyxl,
        dlt_calamine,
    )
}

if __name__ == "__main__":
    name, folder = sys.argv[1:]
    paths = sorted(Path(folder).glob("*.xlsx"))
    READERS[name](sorted(Path(folder).parent.glob("warm_up_*.xlsx")))
    clock, processor = time.perf_counter(), time.process_time()
    cells = READERS[name](paths)
    print(
        json.dumps(
            {
                "cells": cells,
                "processor": time.process_time() - processor,
                "clock": time.perf_counter() - clock,
                "peak_mib": peak_mib(),
            }
        )
    )
