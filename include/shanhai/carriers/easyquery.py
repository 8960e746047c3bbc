"""JSON as the national bureau's data interface answers (easyquery): figures by JSON pointer, named by its registers.

`returndata.datanodes` holds the figures, each with its dimensions (`zb` indicator, `reg` division, `sj` time);
`returndata.wdnodes` holds names and units of the dimensions' codes.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from shanhai.carriers.decoding import decode
from shanhai.carriers.grid import bounded
from shanhai.carriers.memory import bounded_memory
from shanhai.errors import CellError

_MOST_BYTES = 16 * 2**20
_TIME = re.compile(r"(\d{4})(?:([A-D])|(0[1-9]|1[0-2]))?")
_QUARTERS = {"A": "Q1", "B": "Q2", "C": "Q3", "D": "Q4"}


@dataclass(frozen=True, slots=True)
class DataNode:
    """One figure of an answer: codes as answered, names of the answer's own registers, text as printed."""

    indicator: str
    indicator_name: str
    unit: str
    region: str | None
    region_name: str | None
    time: str
    text: str
    has_data: bool
    stored: object
    locator: str

    @property
    def period(self) -> str:
        """The time code as documents write periods: 2023, 2023A (a quarter), 202305 (a month)."""
        match = _TIME.fullmatch(self.time)
        if not match:
            raise CellError(f"the time code {self.time!r} is not a year, quarter or month")
        part = _QUARTERS.get(match[2] or "", match[3])
        return f"{match[1]}-{part}" if part else match[1]

    def check(self) -> None:
        """Raise CellError when the printed text and the stored number of the node do not agree."""
        try:
            printed = Decimal(self.text.replace(",", ""))
            stored = Decimal(str(self.stored))
        except InvalidOperation as error:
            raise CellError(f"prints {self.text!r} for {self.stored}") from error
        if abs(printed - stored) * 2 > Decimal(1).scaleb(int(printed.as_tuple().exponent)):
            raise CellError(f"prints {self.text!r} for {self.stored}")


def read_easyquery(content: bytes, encoding: str) -> list[DataNode]:
    """Every figure of an answer, in order; raises ValueError when the bytes are not such an answer."""
    try:
        with bounded_memory():
            answer = json.loads(decode(content, encoding, _MOST_BYTES), parse_float=Decimal, parse_constant=_refuse)
        if answer["returncode"] != 200:
            raise ValueError(f"the answer is an error: returncode {answer['returncode']}")
        returned = answer["returndata"]
        bounded(len(returned["datanodes"]))
        names = {dimension["wdcode"]: dict(_names(dimension)) for dimension in returned["wdnodes"]}
        return list(_nodes(returned["datanodes"], names))
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        raise ValueError(f"the JSON is not of the easyquery form: {error!r}") from error
    except RecursionError as error:
        raise ValueError("the JSON is nested too deep") from error


def _names(dimension: dict[str, list[dict[str, str]]]) -> Iterator[tuple[str, tuple[str, str]]]:
    """Code, name and unit of each value of a dimension."""
    for node in dimension["nodes"]:
        yield node["code"], (node["cname"], node.get("unit", ""))


def _nodes(nodes: list[dict[str, Any]], names: dict[str, dict[str, tuple[str, str]]]) -> Iterator[DataNode]:
    for number, node in enumerate(nodes):
        codes = {each["wdcode"]: each["valuecode"] for each in node["wds"]}
        unknown = set(codes) - {"zb", "reg", "sj"}
        if unknown:
            raise ValueError(f"datanode {number} has dimensions that are not read: {sorted(unknown)}")
        name, unit = names["zb"][codes["zb"]]
        region = codes.get("reg")
        data = node["data"]
        text, has_data = data["strdata"], data["hasdata"]
        if not isinstance(text, str) or not isinstance(has_data, bool):
            raise ValueError(f"datanode {number}: strdata is not a text or hasdata neither true nor false")
        yield DataNode(
            codes["zb"], name, unit, region, names["reg"][region][0] if region else None, codes["sj"],
            text, has_data, data["data"], f"/returndata/datanodes/{number}/data/strdata",
        )  # fmt: skip


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not a figure")
