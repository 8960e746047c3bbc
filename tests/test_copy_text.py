"""Lines of COPY hold what they are given, whatever is in it."""

import datetime
from decimal import Decimal

from shanhai.warehouse.connection import connect
from shanhai.warehouse.copy_text import copy_lines

COLUMNS = ["a", "b", "c", "d", "e", "f"]
STRANGE = ["\\", "\t\n\r", "%s", r"\N", "", "\b\f\v"]


def test_lines_of_copy_read_back_as_they_were(warehouse: object) -> None:
    alike = {"a": "100% \\ 云和\t", "b": None, "f": datetime.date(2023, 12, 31)}
    own = {"c": STRANGE, "d": [None, *STRANGE[1:]], "e": [Decimal("1.2345678E+9")] * 6}
    with connect("owner") as connection:
        connection.execute("create temporary table t (a text, b text, c text, d text, e numeric, f date)")
        with connection.cursor() as cursor, cursor.copy("copy t from stdin") as copy:
            copy.write("".join(copy_lines(COLUMNS, alike, own)))
        found = connection.execute("select * from t").fetchall()
    assert found == [
        (alike["a"], None, c, d, Decimal(1234567800), alike["f"]) for c, d in zip(STRANGE, own["d"], strict=True)
    ]
