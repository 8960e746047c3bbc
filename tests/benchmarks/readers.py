"""Ways of reading workbooks, each run in a process of its own: `python -m tests.benchmarks.readers NAME FOLDER`.

Prints one line of JSON: cells read, seconds of processor time and of the clock, peak memory. The readers of the
project and those of its peers run in different environments, so each imports what it needs by itself.
"""

import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any


def shanhai_texts(files: list[Path]) -> int:
    """Every cell as the sheet shows it; locators when asked for."""
    from shanhai.carriers.workbook import read_workbook

    return sum(len(row) for file in files for row in read_workbook(file.read_bytes(), None).texts)


def shanhai_figures(files: list[Path]) -> int:
    """Every figure typed (exact number, decimals, printed text) with its locator written out."""
    from shanhai.carriers.workbook import read_workbook
    from shanhai.grammar.figures import read_cell

    count = 0
    for file in files:
        grid = read_workbook(file.read_bytes(), None)
        for number, texts in enumerate(grid.texts, 1):
            count += len(texts)
            if number > 1:
                for column, text in enumerate(texts[1:], 2):
                    read_cell(text, {})
                    grid.place(number, column)
    return count


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


READERS: dict[str, Callable[[list[Path]], int]] = {
    reader.__name__: reader
    for reader in (
        calamine,
        shanhai_texts,
        shanhai_figures,
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
    READERS[name]([Path(folder).parent / "warm_up.xlsx"])
    clock, processor = time.perf_counter(), time.process_time()
    cells = READERS[name](paths)
    print(
        json.dumps(
            {
                "cells": cells,
                "processor": time.process_time() - processor,
                "clock": time.perf_counter() - clock,
                "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            }
        )
    )
