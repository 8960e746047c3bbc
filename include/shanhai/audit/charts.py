"""The report's charts, drawn from its evidence; each is a Vega-Lite document made with Altair and rendered offline.

Altair and its renderer take a second to import and are imported inside the functions. A chart is SVG: its texts stay
texts, which every browser shows with a font of its own, and the PDF with the one that it embeds.
"""

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import altair

Evidence = dict[str, Any]
_COLOURS = {"passed": "#2f7d5b", "failed": "#b3402e", "noted": "#d39b3a", "not applicable": "#b9b4a7"}
_TINTS = ["#edf3f0", "#6fb39c"]  # light enough for black figures, on paper too
_FONT = "Noto Sans CJK SC, Source Han Sans SC, Microsoft YaHei, PingFang SC, sans-serif"


def drawn(evidence: Evidence) -> dict[str, str]:
    """Chart name → SVG; a chart without data is left out, and the report says so."""
    charts = {
        "checks": _checks(evidence),
        "coverage": _coverage(evidence),
        "counties": _counties(evidence),
        "revisions": _revisions(evidence),
        "breaks": _breaks(evidence),
        "timeliness": _timeliness(evidence),
    }
    return {name: _svg(chart) for name, chart in charts.items() if chart is not None}


def _svg(chart: "altair.Chart | altair.LayerChart") -> str:
    import vl_convert

    # The figures are the warehouse's; nothing may be fetched while a chart is drawn.
    # Texts are measured with what fonts this machine has and shown with others, so there is room on either side.
    document = chart.to_dict() | {"padding": {"left": 70, "right": 60, "top": 5, "bottom": 5}}
    drawing: str = vl_convert.vegalite_to_svg(document, allowed_base_urls=[])
    # The renderer numbers its clips by a counter of the process; two renderings of one chart must be the same bytes.
    numbers: dict[str, str] = {}
    return re.sub(r"(clip|gradient_)(\d+)", lambda m: m[1] + numbers.setdefault(m[2], str(len(numbers))), drawing)


def _chart(values: list[dict[str, Any]]) -> "altair.Chart":
    import altair as alt

    return (
        alt.Chart(alt.Data(values=values)).configure(font=_FONT, background="transparent").configure_view(stroke=None)
    )


def _rows(evidence: Evidence, kind: str) -> list[dict[str, Any]]:
    return [row for row in evidence["reconciliation"] if row["kind"] == kind]


def _checks(evidence: Evidence) -> "altair.Chart | None":
    import altair as alt

    counted = Counter(
        (f"{r['family']['zh']} {r['family']['en']}", r["outcome"].replace("_", " ")) for r in evidence["results"]
    )
    values = [{"family": family, "status": status, "checks": n} for (family, status), n in sorted(counted.items())]
    scale = alt.Scale(domain=list(_COLOURS), range=list(_COLOURS.values()))
    return _chart(values).mark_bar().encode(
        y=alt.Y("family:N", title=None, sort=None, axis=alt.Axis(labelLimit=260)),
        x=alt.X("checks:Q", title="检查数 checks", axis=alt.Axis(tickMinStep=1)),
        color=alt.Color("status:N", scale=scale, title="结果 result"),
    ).properties(width=420, height=190)  # fmt: skip


def _coverage(evidence: Evidence) -> "altair.LayerChart | None":
    import altair as alt

    rows = _rows(evidence, "coverage")
    values = []
    for row in rows:
        listed, indicator, year = row["item"].split(" ")
        share = round(float(row["left_value"]) / float(row["right_value"]) * 100, 1)
        values.append({"what": f"{listed} {indicator}", "year": year, "share": share, "label": f"{share:.0f}%"})
    if not values:
        return None
    base = _chart(values).encode(
        x=alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0)),
        y=alt.Y("what:N", title=None, axis=alt.Axis(labelLimit=260)),
    )
    cells = base.mark_rect(stroke="white").encode(
        color=alt.Color("share:Q", legend=None, scale=alt.Scale(domain=[0, 100], range=_TINTS))
    )
    return _layered(
        cells, base.mark_text(fontSize=11).encode(text="label:N"), 300, 26 * len({v["what"] for v in values})
    )


def _layered(below: "altair.Chart", above: "altair.Chart", width: int, height: int) -> "altair.LayerChart":
    import altair as alt

    for chart in (below, above):
        chart.config = alt.Undefined  # configuration belongs to the outermost chart
    return (
        alt.layer(below, above)
        .properties(width=width, height=height)
        .configure(font=_FONT, background="transparent")
        .configure_view(stroke=None)
    )


def _counties(evidence: Evidence) -> "altair.LayerChart | None":
    """A map of tiles: one row of tiles per prefecture, one tile per county; no boundary is drawn, none is licensed."""
    import altair as alt

    rows = sorted(_rows(evidence, "county_coverage"), key=lambda row: row["item"])
    if not rows:
        return None
    places: Counter[str] = Counter()
    values = []
    for row in rows:
        prefecture = row["detail"].get("prefecture_name") or "—"
        values.append({
            "prefecture": prefecture, "place": places[prefecture], "county": row["detail"]["name_zh"][:4],
            "figures": int(row["left_value"]),
        })  # fmt: skip
        places[prefecture] += 1
    base = _chart(values).encode(
        x=alt.X("place:O", title=None, axis=None), y=alt.Y("prefecture:N", title=None, sort=None)
    )
    tiles = base.mark_rect(stroke="white", strokeWidth=2).encode(
        color=alt.Color("figures:Q", legend=None, scale=alt.Scale(type="symlog", range=_TINTS))
    )
    names = base.transform_calculate(label="datum.county + ' ' + datum.figures").mark_text(fontSize=10)
    return _layered(tiles, names.encode(text="label:N"), 640, 34 * len(places))


def _revisions(evidence: Evidence) -> "altair.Chart | None":
    import altair as alt

    values = []
    for row in _rows(evidence, "revisions"):
        relative = row["detail"].get("relative_pct")
        if row["is_break"] and relative is not None and "growth" not in row["item"]:
            values.append({"item": row["item"], "relative": float(relative)})
    values = sorted(values, key=lambda v: (-abs(v["relative"]), v["item"]))[:20]
    if not values:
        return None
    return _chart(values).mark_bar(color="#35618e").encode(
        x=alt.X("relative:Q", title="修订幅度 revision, %"),
        y=alt.Y("item:N", title=None, sort=None, axis=alt.Axis(labelLimit=360)),
    ).properties(width=300, height=20 * len(values))  # fmt: skip


def _breaks(evidence: Evidence) -> "altair.Chart | None":
    import altair as alt

    skipped = {
        "coverage",
        "county_coverage",
        "timeliness",
        "revisions",
        "completeness",
        "waiver_standing",
        "quarantine",
    }
    counted = Counter(
        (row["kind"].replace("_", " "), "break 不符" if row["is_break"] else "agrees 相符")
        for row in evidence["reconciliation"]
        if row["kind"] not in skipped
    )
    values = [{"kind": kind, "outcome": outcome, "n": n} for (kind, outcome), n in sorted(counted.items())]
    if not values:
        return None
    scale = alt.Scale(domain=["agrees 相符", "break 不符"], range=["#2f7d5b", "#b3402e"])
    return _chart(values).mark_bar().encode(
        x=alt.X(
            "n:Q", title="对数 pairs compared", scale=alt.Scale(type="symlog"), axis=alt.Axis(values=[1, 10, 100, 1000])
        ),
        y=alt.Y("kind:N", title=None, axis=alt.Axis(labelLimit=260)),
        yOffset="outcome:N",
        color=alt.Color("outcome:N", scale=scale, title=None),
    ).properties(width=420, height=34 * len({v["kind"] for v in values}))  # fmt: skip


def _timeliness(evidence: Evidence) -> "altair.LayerChart | None":
    import altair as alt

    values = [
        {"item": row["item"], "days": float(row["left_value"]), "allowed": float(row["right_value"])}
        for row in _rows(evidence, "timeliness")
    ]
    if not values:
        return None
    base = _chart(values).encode(y=alt.Y("item:N", title=None, axis=alt.Axis(labelLimit=360)))
    bars = base.mark_bar(color="#35618e").encode(x=alt.X("days:Q", title="期末后天数 days after the period's end"))
    ticks = base.mark_tick(color="#b3402e", thickness=3).encode(x="allowed:Q")
    return _layered(bars, ticks, 300, 22 * len(values))
