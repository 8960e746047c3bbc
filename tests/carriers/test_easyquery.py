"""Answers of the national bureau's data interface: figures by JSON pointer, codes mapped by the document."""

import json
from decimal import Decimal
from typing import Any

import pytest
from tests.small_library import SmallLibrary

from shanhai.carriers.easyquery import read_easyquery
from shanhai.errors import PublicationError

DOCUMENT = """\
    relation: observations
    carrier: json
    estimate_round: FINAL
    columns:
      - {head: A0201, indicator: gdp}
    ignored: [A0202]
"""
POINTER = "/returndata/datanodes/{}/data/strdata"


def node(code: str, region: str | None, time: str, text: str, data: object = None) -> dict[str, Any]:
    wds = [{"valuecode": code, "wdcode": "zb"}, {"valuecode": time, "wdcode": "sj"}]
    if region:
        wds.insert(1, {"valuecode": region, "wdcode": "reg"})
    stored = float(text) if data is None and text else data or 0
    printed = {"data": stored, "dotcount": 1, "hasdata": bool(text), "strdata": text}
    return {"code": f"zb.{code}_sj.{time}", "data": printed, "wds": wds}


def answer(*nodes: dict[str, Any], unit: str = "亿元", code: int = 200) -> bytes:
    indicators = [{"cname": f"指标{c}", "code": c, "dotcount": 1, "unit": unit} for c in ("A0201", "A0202", "A0203")]
    regions = [{"cname": "浙江省", "code": "330000"}, {"cname": "杭州市", "code": "330100"}]
    dimensions = [
        {"nodes": indicators, "wdcode": "zb"},
        {"nodes": regions, "wdcode": "reg"},
        {"nodes": [], "wdcode": "sj"},
    ]
    return json.dumps(
        {"returncode": code, "returndata": {"datanodes": nodes, "wdnodes": dimensions}}, ensure_ascii=False
    ).encode()


def test_each_data_node_is_a_figure(small_library: SmallLibrary) -> None:
    content = answer(
        node("A0201", "330000", "2019", "62462.0"),
        node("A0201", "330000", "2020C", ""),
        node("A0202", "330000", "2020", "7.5"),
        node("A0201", "330000", "202003", "1.25"),
    )
    reader = small_library.reader(small_library.add("bureau/answer", "a.json", content, DOCUMENT))
    first, absent, month = reader.rows()
    assert (first["subject_name"], first["division_code"], first["time_period"]) == ("浙江省", "330000", "2019")
    assert (first["printed"], first["decimals"], first["unit_printed"]) == ("62462.0", 1, "亿元")
    assert first["value"] == Decimal(6246200000000)
    assert reader.printed_at(str(first["locator"])) == "62462.0"
    assert (absent["value"], absent["obs_status"], absent["time_period"]) == (None, "O", "2020-Q3")
    assert (month["time_period"], month["locator"]) == ("2020-03", POINTER.format(3))
    assert reader.tally.cells_ignored == 1


def test_an_answer_without_divisions_is_of_the_declared_subject(small_library: SmallLibrary) -> None:
    document = DOCUMENT + "    subject: 全国\n"
    content = answer(node("A0201", None, "2020", "1013567.0"))
    (row,) = small_library.reader(small_library.add("bureau/answer", "a.json", content, document)).rows()
    assert (row["subject_kind"], row["subject_name"], row["division_code"]) == ("country", "全国", None)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (answer(node("A0201", "330000", "2020", "1.5", 2.5)), f"{POINTER.format(0)} .*prints '1.5' for 2.5"),
        (answer(node("A0201", "330000", "2020E", "1.5")), "time code '2020E' is not a year, quarter or month"),
        (answer(node("A0201", "330000", "20203", "1.5")), "time code '20203'"),
        (answer(node("A0201", None, "2020", "1.5")), "says of nobody"),
        (answer(node("A0201", "330000", "2020", "1.5"), unit="吨"), "unit '吨' is not a unit of CNY"),
        (answer(node("A0203", "330000", "2020", "1.5")), r"(?s)the indicators: .*\n\+ A0203 指标A0203\n- A0201"),
        (answer(code=501), "the answer is an error: returncode 501"),
        (answer(node("A0209", "330000", "2020", "1.5")), "not of the easyquery form: KeyError"),
        (answer(node("A0201", "330000", "2020", "1.5")).replace(b'"sj"', b'"other"'), r"dimensions .*\['other'\]"),
        (answer(node("A0201", "330000", "2020", "1.5")).replace(b'"1.5"', b"1.5"), "strdata is not a text"),
        (answer(node("A0201", "330000", "2020", "1.5")).replace(b": 1.5", b": NaN"), "NaN is not a figure"),
        (b"[" * 100_000, "does not open as json"),
        (b"<html>", "does not open as json"),
    ],
)
def test_an_answer_that_does_not_read_is_refused(small_library: SmallLibrary, content: bytes, problem: str) -> None:
    with pytest.raises(PublicationError, match=problem):
        list(small_library.reader(small_library.add("bureau/answer", "a.json", content, DOCUMENT)).rows())


def test_a_figure_is_never_a_binary_float() -> None:
    (each,) = read_easyquery(answer(node("A0201", "330000", "2020", "62352.9")), "utf-8")
    assert str(each.stored) == "62352.9"
    each.check()
