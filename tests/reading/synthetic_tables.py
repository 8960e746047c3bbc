"""Synthetic tables of one county's or city's form: they show a layout and are of no publication."""

from tests.reading.unseen_layouts import sheet
from tests.small_library import SmallLibrary

from shanhai.reading.publication import Row

CITIES = """\
    relation: observations
    carrier: csv
    period: 2020
    layout: {head_rows: [1], label_column: 地区, within: 浙江省}
"""


def read(library: SmallLibrary, document: str, text: str, symbols: str = "{'': ambiguous}") -> list[Row]:
    """The rows of a csv of cells parted by bars; `symbols` replaces the dictionary of marks."""
    key = library.add("bureau/hazard", "t.csv", sheet(text), document)
    path = library.library.catalogue.tables[key.table_id].path
    path.write_text(path.read_text("utf-8").replace("symbols: {'': ambiguous}", f"symbols: {symbols}"), "utf-8")
    return list(library.reader(key).rows())


def values(rows: list[Row]) -> dict[str, object]:
    """Printed values by subject and indicator."""
    return {f"{row['subject_name']} {row['indicator_code']}": row["obs_value"] for row in rows}
